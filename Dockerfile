# The same version that package.json names for machines whose own Node is older: what is tested is what runs.
FROM node:24.21.0-slim
WORKDIR /app
# The ops port is for the container's own network: publish 3000 only.
ENV NODE_ENV=production OPS_HOST=0.0.0.0
COPY package.json package-lock.json .npmrc manifest.yml ./
RUN npm ci --omit=dev --omit=optional
COPY src ./src
RUN rm -rf src/sandbox && mkdir -m 700 data && chown node:node data
USER node
VOLUME /app/data
EXPOSE 3000 9464
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s CMD ["node", "-e", "const {PORT, TLS_CERT_FILE} = process.env; require(TLS_CERT_FILE ? 'https' : 'http').get({host: '127.0.0.1', port: PORT || 3000, path: '/healthz', rejectUnauthorized: false}, ({statusCode}) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
CMD ["node", "--expose-gc", "--min-semi-space-size=32", "--max-semi-space-size=32", "--heap-growing-percent=50", "--v8-pool-size=1", "--no-flush-bytecode", "src/main.ts"]
