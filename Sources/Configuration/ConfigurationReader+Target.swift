import Diagnostics
import YAML

extension ConfigurationReader {
    mutating func target(_ node: Node?) -> TargetConfiguration? {
        var target = TargetConfiguration(rateShare: 0.9)
        guard let node else { return target }
        let keys = ["region", "instance", "role", "rateShare", "scim"]
        guard let fields = map(node, "`target`", keys: keys) else { return nil }
        target.region = fields["region"].flatMap { region($0, "target.region") }
        target.instance = fields["instance"].flatMap { instance($0) }
        target.role = fields["role"].flatMap { node in
            text(node, "target.role", "the ARN of a role, arn:aws:iam::ACCOUNT:role/NAME") { text in
                isARN(text, service: "iam") { $0.hasPrefix("role/") && $0.utf8.count > 5 }
            }
        }
        if let node = fields["rateShare"] { target.rateShare = share(node) ?? 0.9 }
        target.scim = fields.entry("scim").flatMap { scim($0) }
        return target
    }

    /// A region becomes a part of host names, so it has to look like one.
    mutating func region(_ node: Node, _ path: String) -> String? {
        text(node, path, "a region such as eu-west-1") { text in
            text.utf8.allSatisfy(isNameByte) && text.contains("-") && text.utf8.count < 64
        }
    }

    private mutating func instance(_ node: Node) -> String? {
        let form = "`auto` or the ARN of an instance, arn:aws:sso:::instance/ssoins-…"
        let text = text(node, "target.instance", form) { text in
            text == "auto" || isARN(text, service: "sso") { $0.hasPrefix("instance/") && $0.utf8.count > 9 }
        }
        return text == "auto" ? nil : text
    }

    private mutating func share(_ node: Node) -> Double? {
        if let share = node.double, share > 0, share <= 1 { return share }
        checker.report("`target.rateShare` must be a number above 0 and at most 1", at: node)
        return nil
    }

    private mutating func scim(_ entry: Fields.Entry) -> TargetConfiguration.SCIM? {
        let path = "target.scim"
        guard let fields = map(entry.value, "`\(path)`", keys: ["endpoint", "token"]) else { return nil }
        for key in ["endpoint", "token"] where fields[key] == nil {
            checker.missing(key, in: fields, "`\(path)`", at: entry.key.start, length: entry.key.length)
        }
        let endpoint = fields["endpoint"].flatMap { self.endpoint($0, "\(path).endpoint", .aws) }
        let token = fields["token"].flatMap { secret($0, "\(path).token") }
        guard let endpoint, let token else { return nil }
        return TargetConfiguration.SCIM(endpoint: endpoint, token: token)
    }
}

private func isARN(_ text: String, service: String, _ resource: (Substring) -> Bool) -> Bool {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    return parts.count == 6 && parts[0] == "arn" && parts[1].hasPrefix("aws") && parts[2] == service
        && !text.contains(where: \.isWhitespace) && resource(parts[5])
}
