"""What a deployment needs before it serves: NGINX's part of portal.yaml, and certificates."""
