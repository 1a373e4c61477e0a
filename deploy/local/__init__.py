"""Real servers on this machine without Docker: Apache Kafka, PostgreSQL, and the services as processes."""
