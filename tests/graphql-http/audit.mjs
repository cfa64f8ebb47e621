// Runs every audit of graphql-http against a server and prints what came out, one object an audit.
// usage: node audit.mjs ADDRESS_OF_THE_ENDPOINT
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
