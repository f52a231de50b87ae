# The control plane: one image for `toygres api`, `toygres worker` and `toygres standalone` with DATABASE_URL.
#
#   docker build -f deploy/docker/server.Dockerfile -t toygres/server:0.1.0 .
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# node itself is the image's; the embedded services are not run here.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund \
  && rm -rf node_modules/azurite node_modules/@azure-tools

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  PORT=8080 \
  TOYGRES_HOME=/home/toygres \
  TOYGRES_PLATFORM=kubernetes
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json tsconfig.json ./
COPY schema ./schema
COPY drizzle ./drizzle
COPY jobs ./jobs
COPY resolvers ./resolvers
COPY templates ./templates
COPY src ./src
# tsx keeps what it compiled, and the root is read-only when it runs.
RUN install -d -o 1000 -g 0 -m 0770 /home/toygres
USER 1000:0
EXPOSE 8080
ENTRYPOINT ["node", "--import", "tsx", "src/main.ts"]
CMD ["standalone"]
