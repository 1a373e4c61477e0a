"""Pure decisions of notify: who is told, how urgently, in which message, and when to try again."""
