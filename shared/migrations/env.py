"""Alembic's environment: connects as the service's role, with the service's schema as the search path."""

from alembic import context
from sqlalchemy import create_engine, pool

attributes = context.config.attributes
service: str = attributes["service"]
engine = create_engine(
    attributes["dsn"], poolclass=pool.NullPool, connect_args={"options": f"-csearch_path={service}"}
)
with engine.connect() as connection:
    context.configure(connection=connection, version_table_schema=service)
    with context.begin_transaction():
        context.run_migrations()
