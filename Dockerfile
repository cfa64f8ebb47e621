# Two stages: everything that builds stays behind.
FROM rust:1.95-bookworm AS build
WORKDIR /source
# The dependencies first, so that a change of ours does not compile the database again.
COPY Cargo.toml Cargo.lock build.rs ./
COPY tests/surrealdb-server tests/surrealdb-server
COPY web web
RUN mkdir -p src tests/it && echo 'fn main() {}' > src/main.rs && touch src/lib.rs && echo 'fn main() {}' > tests/it/main.rs \
    && cargo build --release --locked -p strongroom --bin strongroom && rm -r src
COPY . .
RUN touch src/main.rs src/lib.rs && cargo build --release --locked -p strongroom --bin strongroom

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/strongroom --create-home strongroom
COPY --from=build /source/target/release/strongroom /usr/local/bin/strongroom
USER strongroom
WORKDIR /var/lib/strongroom
ENV STRONGROOM__DATA_DIR=/var/lib/strongroom/data STRONGROOM__SERVER__LISTEN=0.0.0.0:8080
EXPOSE 8080
VOLUME /var/lib/strongroom/data
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["strongroom", "healthcheck"]
ENTRYPOINT ["strongroom"]
CMD ["serve"]
