import Diagnostics
import YAML

extension ConfigurationReader {
    mutating func serve(_ node: Node) -> ServeConfiguration? {
        guard let fields = map(node, "`serve`", keys: ["listen", "keys"]) else { return nil }
        var serve = ServeConfiguration(host: "127.0.0.1", port: 8_484, keys: [])
        if let node = fields["listen"], let listen = text(node, "serve.listen") {
            guard let (host, port) = HostPort.split(listen), let port else {
                checker.report("`serve.listen` must be HOST:PORT, such as 127.0.0.1:8484 or [::1]:8484", at: node)
                return nil
            }
            serve.host = host
            serve.port = port
        }
        guard let node = fields["keys"] else {
            checker.missing("keys", in: fields, "`serve`", at: fields.node.start)
            return nil
        }
        let nodes = list(node, "serve.keys", of: "references", mayBeEmpty: false) ?? []
        serve.keys = nodes.enumerated().compactMap { index, node in secret(node, "serve.keys[\(index)]") }
        return serve.keys.isEmpty ? nil : serve
    }

    mutating func notify(_ node: Node?) -> NotifyConfiguration {
        var notify = NotifyConfiguration()
        let keys = ["slack", "webhook", "heartbeat"]
        guard let node, let fields = map(node, "`notify`", keys: keys) else { return notify }
        notify.slack = fields["slack"].flatMap { secret($0, "notify.slack") }
        notify.webhook = fields["webhook"].flatMap { secret($0, "notify.webhook") }
        notify.heartbeat = fields["heartbeat"].flatMap { secret($0, "notify.heartbeat") }
        return notify
    }
}
