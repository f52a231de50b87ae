# The control plane: one image for `toygres api`, `toygres worker`, and `toygres standalone` with DATABASE_URL and a blob
# store. Works with a read-only root and any user id, with a directory that this user can write at /home/toygres.
#
#   docker build -f deploy/docker/server.Dockerfile -t toygres/server:0.1.0 .
#
# Packages and Node itself are those of package-lock.json, whichever Node the image has that installs them.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-progress
COPY tsconfig.json ./
COPY schema ./schema
COPY drizzle ./drizzle
COPY jobs ./jobs
COPY resolvers ./resolvers
COPY src ./src
COPY web ./web
RUN install -D -m 0755 node_modules/node-linux-*/bin/node /out/usr/local/bin/node \
  && /out/usr/local/bin/node src/bundle.mjs --whole /out/app/dist/server src/main.ts
COPY package.json /out/app/
COPY drizzle/migrations /out/app/drizzle/migrations
COPY templates /out/app/templates
# Whoever runs it may be any user; a clone may be stricter. What Node compiled of it is found by the user below; any other goes
# without.
RUN chmod -R u=rwX,go=rX /out \
  && for compiled in /out/app/dist/server/compiled/*-0; do ln -s "${compiled##*/}" "${compiled%-0}-1000"; done

FROM debian:bookworm-slim
RUN install -d -o 1000 -g 0 -m 0770 /home/toygres
COPY --from=build /out/usr/local/bin/node /usr/local/bin/node
COPY --from=build /out/app /app
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  PORT=8080 \
  TOYGRES_HOME=/home/toygres \
  TOYGRES_PLATFORM=kubernetes
# In the group 0, as a user id of the cluster's choice is where it gives one.
USER 1000:0
WORKDIR /home/toygres
EXPOSE 8080
# Node is the first process, so that it hears SIGTERM.
# Packages that Node would not blame for an old habit while they lie in node_modules are part of the bundle.
ENTRYPOINT ["node", "--enable-source-maps", "--disable-warning=DeprecationWarning", "/app/dist/server/main.js"]
CMD ["standalone"]
