# What the project needs of the public image denoland/deno:debian, laid out as it is there.
FROM debian:bookworm-slim
RUN useradd --uid 1993 --user-group deno && mkdir /deno-dir && chown deno:deno /deno-dir
ENV DENO_DIR=/deno-dir/
ENV DENO_INSTALL_ROOT=/usr/local
COPY deno /usr/bin/deno
