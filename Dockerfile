# Nozzly with real servers: PostgreSQL and Redis come from DATABASE_URL and REDIS_URL (compose.yaml, docs/operations.md).

FROM node:22-bookworm-slim AS packages
WORKDIR /front
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev


FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/nozzly
RUN python -m venv /srv/venv
ENV PATH="/srv/venv/bin:$PATH"
COPY requirements/base.txt requirements/
RUN pip install --require-hashes --requirement requirements/base.txt
COPY . .
COPY --from=packages /front/node_modules node_modules
# Names and key that no server answers to: collecting only reads the settings.
RUN DATABASE_URL=postgresql://build@localhost/build REDIS_URL=redis://localhost:6379/0 SECRET_KEY=only-for-this-step \
    STATIC_ROOT=/srv/static \
    python manage.py collectstatic --noinput --verbosity 1 --ignore 'tabler-*' --ignore 'tabler.rtl*' \
    && mv node_modules/@tabler/icons/icons/outline /srv/icons \
    && rm -rf node_modules package.json package-lock.json .npmrc \
    && mkdir -p node_modules/@tabler/icons/icons \
    && mv /srv/icons node_modules/@tabler/icons/icons/outline


FROM python:3.13-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 nozzly \
    && useradd --system --uid 10001 --gid 10001 --create-home --home-dir /srv/home --shell /usr/sbin/nologin nozzly \
    && install --directory --owner nozzly --group nozzly /srv/var /srv/media
COPY --from=build /srv/venv /srv/venv
COPY --from=build /srv/static /srv/static
COPY --from=build /srv/nozzly /srv/nozzly
ENV PATH="/srv/venv/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=nozzly.settings \
    STATIC_ROOT=/srv/static \
    MEDIA_ROOT=/srv/media \
    NOZZLY_VAR=/srv/var
WORKDIR /srv/nozzly
USER 10001:10001
VOLUME ["/srv/media", "/srv/var"]
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s --retries=4 \
    CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "nozzly.wsgi"]
