# What jobs run in: the runner of this release, the programs of one major version of PostgreSQL, and azcopy. Nothing is
# downloaded when a job starts. Works with a read-only root and any user id.
#
#   docker build -f deploy/docker/job.Dockerfile --build-arg PG_MAJOR=17 -t toygres/job:0.1.0-pg17 .
#
# PG_MAJOR is a tag of the image `postgres`; `17@sha256:...` builds on exactly that one.
#
# Restores of servers with pg_durable run in one that has the extension, in the version of the servers:
#
#   docker build -f deploy/docker/job.Dockerfile --build-arg POSTGRES_IMAGE=<TOYGRES_DURABLE_IMAGE> \
#     -t toygres/job-durable:0.1.0-pg17 .
ARG PG_MAJOR
ARG POSTGRES_IMAGE=postgres:${PG_MAJOR}

# The azcopy that package-lock.json names, byte for byte.
FROM node:24-bookworm-slim AS azcopy
WORKDIR /azcopy
COPY package-lock.json ./
RUN node -e ' \
  const { version, integrity } = require("./package-lock.json").packages["node_modules/@azure-tools/azcopy-linux"]; \
  require("node:child_process").execFileSync("npm", ["pack", "--silent", `@azure-tools/azcopy-linux@${version}`]); \
  const [file] = require("node:fs").readdirSync(".").filter((name) => name.endsWith(".tgz")); \
  const found = require("node:crypto").createHash("sha512").update(require("node:fs").readFileSync(file)).digest("base64"); \
  if (integrity !== `sha512-${found}`) throw new Error(`${file} is not what package-lock.json names`); \
  ' \
  && tar -xzf ./*.tgz "package/dist/bin/azcopy_linux_$(dpkg --print-architecture)" \
  && install -m 0755 package/dist/bin/azcopy_linux_* /usr/local/bin/azcopy \
  && rm -rf /azcopy/*

# The runner, with the Node that package-lock.json names. What that compiled is found by the users of a job's containers; any
# other goes without.
FROM node:24-bookworm-slim AS runner
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-progress
COPY tsconfig.json ./
COPY schema ./schema
COPY jobs ./jobs
COPY src ./src
RUN install -D -m 0755 node_modules/node-linux-*/bin/node /out/usr/local/bin/node \
  && /out/usr/local/bin/node --input-type=module --eval \
    "await (await import('/build/src/bundle-runner.mjs')).bundleRunner('/out/opt/toygres/runner')" \
  && chmod -R u=rwX,go=rX /out \
  && for compiled in /out/opt/toygres/runner/compiled/*-0; do \
    for user in 998 999; do ln -s "${compiled##*/}" "${compiled%-0}-$user"; done; \
  done

FROM ${POSTGRES_IMAGE}
USER root
# azcopy is linked against libsecret, whatever it signs in with.
RUN apt-get update \
  && apt-get install -y --no-install-recommends bash ca-certificates libsecret-1-0 libstdc++6 zstd util-linux \
  && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log
COPY --from=azcopy /usr/local/bin/azcopy /usr/local/bin/azcopy
COPY --from=runner /out /
RUN node --version && azcopy --version && pg_dump --version && zstd --version
# The user of the base image; the platform may run it as any other.
USER 999:999
WORKDIR /tmp
ENTRYPOINT []
CMD ["bash"]
