"""What Prometheus watches and when it calls: configuration, alert rules, and where the services are."""
