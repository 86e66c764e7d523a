# PostgreSQL 15 as the official image has it: for a machine that cannot get postgres:15 but has Debian's packages.
FROM debian:trixie-slim
ENV PG_MAJOR=15 LANG=en_US.utf8 PATH=$PATH:/usr/lib/postgresql/15/bin PGDATA=/var/lib/postgresql/data
RUN groupadd --system --gid 999 postgres \
 && useradd --system --uid 999 --gid postgres --home-dir /var/lib/postgresql --shell /bin/bash postgres
RUN --mount=type=tmpfs,target=/var/lib/apt/lists \
    sed 's/trixie/bookworm/' /etc/apt/sources.list.d/debian.list >/etc/apt/sources.list.d/bookworm.list \
 && mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
 && apt-get update \
 && apt-get install -y --no-install-recommends locales postgresql-15 \
 && localedef -i en_US -c -f UTF-8 en_US.UTF-8 \
 && sed -i "s/^#listen_addresses = .*/listen_addresses = '*'/" /usr/share/postgresql/15/postgresql.conf.sample \
 && rm -rf /var/lib/postgresql/* \
 && install -d -o postgres -g postgres -m 1777 /var/lib/postgresql /var/lib/postgresql/data \
 && install -d -o postgres -g postgres -m 3777 /var/run/postgresql \
 && mkdir -p /docker-entrypoint-initdb.d
COPY --from=postgres:17 /usr/local/bin/docker-entrypoint.sh /usr/local/bin/
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["docker-entrypoint.sh"]
STOPSIGNAL SIGINT
EXPOSE 5432
CMD ["postgres"]
