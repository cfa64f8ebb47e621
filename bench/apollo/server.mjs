// usage: node server.mjs PORT FOLDER
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import GraphQLUpload from 'graphql-upload/GraphQLUpload.mjs';
import graphqlUploadExpress from 'graphql-upload/graphqlUploadExpress.mjs';

const [port, folder] = process.argv.slice(2);
let count = 0;
const server = new ApolloServer({
  csrfPrevention: false,
  typeDefs: `
    scalar Upload
    type Query { ok: Boolean }
    type Mutation { upload(file: Upload!): Boolean }
  `,
  resolvers: {
    Upload: GraphQLUpload,
    Mutation: {
      upload: async (_, { file }) => {
        const { createReadStream } = await file;
        await pipeline(createReadStream(), createWriteStream(join(folder, `up-${count++}`)));
        return true;
      },
    },
  },
});
await server.start();
const app = express();
app.use('/files', express.static(folder));
app.use('/graphql', graphqlUploadExpress({ maxFileSize: 1e12 }), express.json(), expressMiddleware(server));
app.listen(Number(port), '127.0.0.1');
