# What backup, restore and verify jobs run in: the programs of one major version of PostgreSQL, and azcopy. Nothing is
# downloaded when a job starts. Works with a read-only root and any user id.
#
#   docker build -f deploy/docker/job.Dockerfile --build-arg PG_MAJOR=17 -t toygres/job:0.1.0-pg17 .
ARG PG_MAJOR

FROM node:24-bookworm-slim AS azcopy
ARG AZCOPY_VERSION=10.32.2
ARG TARGETARCH=amd64
WORKDIR /azcopy
RUN npm pack --silent "@azure-tools/azcopy-linux@${AZCOPY_VERSION}" \
  && tar -xzf ./*.tgz "package/dist/bin/azcopy_linux_${TARGETARCH}" \
  && install -m 0755 "package/dist/bin/azcopy_linux_${TARGETARCH}" /usr/local/bin/azcopy \
  && rm -rf /azcopy

FROM postgres:${PG_MAJOR}
# azcopy is linked against libsecret, whatever it signs in with.
RUN apt-get update \
  && apt-get install -y --no-install-recommends bash ca-certificates libsecret-1-0 zstd \
  && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log
COPY --from=azcopy /usr/local/bin/azcopy /usr/local/bin/azcopy
RUN azcopy --version && pg_dump --version && zstd --version
# The user of the base image; the platform may run it as any other.
USER 999:999
WORKDIR /tmp
ENTRYPOINT []
CMD ["bash"]
