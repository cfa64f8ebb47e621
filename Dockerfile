# Three stages: the pages, the program, and what runs. Everything that builds stays behind.
FROM node:24.18.0-bookworm-slim AS pages
WORKDIR /source/web
COPY web/graphiql/package.json web/graphiql/package-lock.json graphiql/
COPY web/playground/package.json web/playground/package-lock.json playground/
RUN cd graphiql && npm ci --ignore-scripts --no-audit --no-fund
RUN cd playground && npm ci --ignore-scripts --no-audit --no-fund
COPY web/app/package.json web/app/package-lock.json app/
RUN cd app && npm ci --ignore-scripts --no-audit --no-fund
COPY web/app/index.html web/app/routes.txt web/app/vite.config.ts app/
COPY web/app/dist/.gitignore app/dist/
COPY web/app/scripts app/scripts
COPY web/app/src app/src
RUN cd app && npm run build && rm -r node_modules

FROM rust:1.95.0-bookworm AS build
WORKDIR /source
# The dependencies first, with nothing of ours but the manifests, so that a change of ours does not compile the database again.
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock ./
COPY tests/surrealdb-server/Cargo.toml tests/surrealdb-server/
RUN mkdir -p src tests/surrealdb-server/src && touch src/lib.rs && \
    for empty in build.rs src/main.rs tests/surrealdb-server/src/main.rs; do echo 'fn main() {}' > $empty; done
RUN cargo build --release --locked -p strongroom --bin strongroom
COPY --from=pages /source/web web
COPY web/tools web/tools
COPY policies policies
COPY schema schema
COPY build.rs config.toml ./
COPY src src
# Files keep their dates when they are copied: to cargo they would be older than what it made of the empty ones.
RUN touch build.rs src/lib.rs src/main.rs && cargo build --release --locked -p strongroom --bin strongroom && \
    strip --strip-debug target/release/strongroom

FROM debian:bookworm-20260824-slim
# Whom S3, GCS and mail servers are certified by.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
# A new volume takes over whose its folder is.
RUN groupadd --gid 10001 strongroom && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/strongroom strongroom && \
    install -d -m 0700 -o strongroom -g strongroom /var/lib/strongroom/data
COPY --from=build /source/target/release/strongroom /usr/local/bin/
USER 10001:10001
WORKDIR /var/lib/strongroom
ENV STRONGROOM__DATA_DIR=/var/lib/strongroom/data STRONGROOM__SERVER__LISTEN=0.0.0.0:8080
EXPOSE 8080
VOLUME /var/lib/strongroom/data
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s CMD ["strongroom", "healthcheck"]
ENTRYPOINT ["strongroom"]
CMD ["serve"]
