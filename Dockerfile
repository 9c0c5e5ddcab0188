# The daemon: docker build -t lambdock .
# Another base needs Node.js 20 and glibc; the image that builds needs npm too.
ARG BASE_IMAGE=node:20-slim
ARG BUILD_IMAGE=${BASE_IMAGE}

FROM ${BUILD_IMAGE} AS build
WORKDIR /lambdock
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
# What better-sqlite3 is compiled from, and what that leaves, is five times the size of what is used of it.
RUN npm run build && npm prune --omit=dev --no-audit --no-fund \
 && cd node_modules/better-sqlite3 && mv build/Release/better_sqlite3.node . && rm -r build deps src \
 && mkdir -p build/Release && mv better_sqlite3.node build/Release/ \
 && cd ../.. && mkdir /package && cp -a package.json LICENSE dist runtimes examples node_modules /package/

FROM ${BASE_IMAGE}
COPY --from=build /package /opt/lambdock
RUN ln -s /opt/lambdock/dist/cli/main.js /usr/local/bin/lambdock \
 && mkdir -m 700 /data && chown 65532:65532 /data

# Functions and caches lie in /data/lambdock, and so does the file by which `docker exec … lambdock ps` finds the daemon.
ENV XDG_DATA_HOME=/data HOME=/tmp LAMBDOCK_HOST=0.0.0.0
USER 65532:65532
WORKDIR /tmp
VOLUME /data
EXPOSE 4566
# Any answer will do: a daemon whose object store is away serves the functions that it has.
HEALTHCHECK --interval=5s --timeout=5s --retries=5 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4566/_lambdock/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["lambdock"]
CMD ["start"]
