# syntax=docker/dockerfile:1
# Stoa in two stages: everything that compiles, then a small image with the binary, its site folder and pg_dump.
# The symbols of the binary, for debuggers and for lines of code in its panics, are a stage of their own:
#   docker build --target symbols --output symbols .
FROM node:20-bookworm-slim AS node

FROM rust:1.95-bookworm AS builder
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
# hadolint ignore=DL3008 # the release of Debian says which versions
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && apt-get update && apt-get install -y --no-install-recommends mold \
    && rm -rf /var/lib/apt/lists/* \
    && rustup target add wasm32-unknown-unknown
ENV STOA_CACHE=/opt/stoa-tools
WORKDIR /build
COPY scripts/env.sh scripts/lib.sh scripts/tools.sh scripts/
COPY scripts/prebuilt scripts/prebuilt
RUN --mount=type=cache,target=/usr/local/cargo/registry scripts/tools.sh cargo-leptos wasm-bindgen-cli
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --no-audit --no-fund
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/build/target \
    scripts/build.sh --dist \
    && mkdir /out /symbols && cp target/dist/stoa target/dist/hash.txt /out/ && cp -r target/site /out/site \
    && cp target/dist/stoa.debug /symbols/

FROM scratch AS symbols
COPY --from=builder /symbols /

FROM debian:bookworm-slim
# hadolint ignore=DL3008 # the release of Debian says which versions
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates postgresql-client tini tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 stoa \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /var/lib/stoa --shell /usr/sbin/nologin stoa \
    && install --directory --owner stoa --group stoa --mode 0700 /var/lib/stoa
COPY --from=builder /out /opt/stoa
ENV PATH=/opt/stoa:$PATH \
    STOA_ADDR=0.0.0.0:3000 STOA_DATA_DIR=/var/lib/stoa STOA_LOG_FORMAT=json \
    LEPTOS_OUTPUT_NAME=stoa LEPTOS_SITE_ROOT=/opt/stoa/site LEPTOS_SITE_PKG_DIR=pkg LEPTOS_HASH_FILES=true
USER 10001:10001
WORKDIR /var/lib/stoa
VOLUME /var/lib/stoa
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3000 && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["tini", "--", "stoa"]
CMD ["serve"]
