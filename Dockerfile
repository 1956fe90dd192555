# syntax=docker/dockerfile:1
# Stoa in two stages: everything that compiles, then a small image with the binary, its site folder and pg_dump.
FROM node:20-bookworm-slim AS node

FROM rust:1.95-bookworm AS builder
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && apt-get update && apt-get install -y --no-install-recommends mold \
    && rm -rf /var/lib/apt/lists/* \
    && rustup target add wasm32-unknown-unknown
# Tools need not be fast; Stoa itself is built with the profile of its own Cargo.toml.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    && cargo install cargo-leptos --version 0.3.10 --locked --features no_downloads \
    && cargo install wasm-bindgen-cli --version 0.2.130

WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --no-audit --no-fund
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/build/target \
    scripts/build.sh \
    && mkdir /out && cp target/release/stoa target/release/hash.txt /out/ && cp -r target/site /out/site

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates postgresql-client tini tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/stoa --create-home stoa
COPY --from=builder /out /opt/stoa
ENV PATH=/opt/stoa:$PATH \
    STOA_ADDR=0.0.0.0:3000 STOA_DATA_DIR=/var/lib/stoa STOA_LOG_FORMAT=json \
    LEPTOS_OUTPUT_NAME=stoa LEPTOS_SITE_ROOT=/opt/stoa/site LEPTOS_SITE_PKG_DIR=pkg LEPTOS_HASH_FILES=true LEPTOS_ENV=PROD
USER stoa
WORKDIR /var/lib/stoa
VOLUME /var/lib/stoa
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3000 && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["tini", "--", "stoa"]
CMD ["serve"]
