# One image for all four services; compose.yaml says which one a container is.
# It carries everything it needs: no package is fetched at run time.
ARG BASE_IMAGE=denoland/deno:debian-2.9.6

# The engine's client alone: Debian's package of the engine is ten times as large. Debian 12 has the
# client inside docker.io, later releases have it in docker-cli.
FROM ${BASE_IMAGE} AS docker-client
USER root
WORKDIR /client
RUN apt-get update -qq && \
    { apt-get download -qq docker-cli 2>/dev/null || apt-get download -qq docker.io; } && \
    dpkg-deb --fsys-tarfile ./*.deb | tar -x ./usr/bin/docker

FROM ${BASE_IMAGE}
USER root
COPY --from=docker-client /client/usr/bin/docker /usr/local/bin/docker
WORKDIR /app

# Packages come before the source, so that a change of the source does not fetch them again. A site
# with a registry or an authority of its own names them when it builds (see compose.yaml).
ARG NPM_CONFIG_REGISTRY=
COPY deno.json deno.lock ./
RUN --mount=type=secret,id=site_ca \
    if [ -s /run/secrets/site_ca ]; then export DENO_CERT=/run/secrets/site_ca; fi; \
    if [ -z "$NPM_CONFIG_REGISTRY" ]; then unset NPM_CONFIG_REGISTRY; fi; \
    deno install --frozen && rm -rf "$(deno info --json | sed -n 's/.*"npmCache": "\(.*\)".*/\1/p')"

COPY . .
# What Deno compiles is kept in the image: at run time its file system is read-only.
RUN deno cache --quiet cli/launch.ts services/*/main.ts services/scoring/compute/main.ts \
      services/scoring/compute/thread.ts && chmod -R a+rX /app "$DENO_DIR"

# Only /tmp and the volume can be written.
ENV DENO_NO_UPDATE_CHECK=1 \
    NO_COLOR=1 \
    HOME=/tmp \
    MAMMOEVAL_HOST=0.0.0.0 \
    MAMMOEVAL_PORT=8000
ENTRYPOINT ["deno", "run", "--quiet", "--no-prompt", "--cached-only", "--allow-env", "--allow-read", "--allow-run=/usr/bin/deno", "cli/launch.ts"]
CMD ["serve", "gateway"]
EXPOSE 8000
HEALTHCHECK --interval=2s --timeout=20s --start-period=300s --retries=5 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$MAMMOEVAL_PORT && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q ' 200 ' <&3"]
