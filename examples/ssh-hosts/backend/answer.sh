#!/bin/sh
# Answers one HTTP request on standard input and output, by the name of the server. systemd starts it for each connection.
end=$(printf '\r')
while IFS= read -r line && [ "$line" != "$end" ]; do asked=yes; done
[ -n "$asked" ] || exit 0 # a health check
name=$(cat /etc/backend-name)
printf 'HTTP/1.1 200 OK\r\nx-served-by: %s\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s\n' \
  "$name" "$((${#name} + 1))" "$name"
