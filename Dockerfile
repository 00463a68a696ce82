# A server of the exports in /models: docker run -p 8501:8501 -v "$PWD/models:/models:ro" IMAGE
FROM python:3.12-slim AS build
COPY . /source
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir '/source[serve]'

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home server
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER server
EXPOSE 8501
# On the port of `--port`, if it is given, health is to be asked by whoever gives it.
HEALTHCHECK --start-period=60s --interval=10s --timeout=5s CMD \
    python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/v2/health/ready')"
ENTRYPOINT ["lstm-toolkit", "serve", "--host", "0.0.0.0"]
CMD ["/models"]
