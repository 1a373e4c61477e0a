"""Topic ids: what tells a topic from another of the same name that was made after it was deleted.

aiokafka does not know them; kafka-python's admin client does, in a thread.
"""

import asyncio

from kafka import KafkaAdminClient


class TopicIds:
    """Asks the cluster; a failed connection is made anew at the next question."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._admin: KafkaAdminClient | None = None
        self._lock = asyncio.Lock()

    async def ask(self, topic: str) -> str:
        """The id as now known to the cluster. Raises LookupError when there is no such topic."""
        async with self._lock:
            try:
                return await asyncio.to_thread(self._describe, topic)
            except LookupError:
                raise
            except Exception:
                await asyncio.to_thread(self.close)
                raise

    def _describe(self, topic: str) -> str:
        if self._admin is None:
            self._admin = KafkaAdminClient(
                bootstrap_servers=self._bootstrap, client_id="langnghe-topic-ids", request_timeout_ms=10_000
            )
        for found in self._admin.describe_topics([topic]):
            if found.get("topic_id") and not found.get("error_code"):
                return str(found["topic_id"])
        raise LookupError(f"topic {topic} does not exist")

    def close(self) -> None:
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()
