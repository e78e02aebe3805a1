// In place of `cloudflare:email`, which a local workerd does not have and the agents library imports when it starts.
export class EmailMessage {}
