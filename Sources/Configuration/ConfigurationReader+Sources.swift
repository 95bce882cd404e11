import Diagnostics
import Model
import YAML

extension ConfigurationReader {
    /// Words that mapping files use beside the names of sources.
    static let reservedNames = [
        "user", "group", "access", "description", "require", "except", "nested", "allowEmpty", "adopt", "only",
        "anyCreator",
    ]

    mutating func sources(_ node: Node?) -> [SourceConfiguration] {
        guard let node, let fields = map(node, "`sources`") else { return [] }
        return fields.entries.compactMap { source($0) }
    }

    private mutating func source(_ entry: Fields.Entry) -> SourceConfiguration? {
        checkName(entry)
        let path = Checker.isWord(entry.name) ? "sources.\(entry.name)" : "sources.…"
        // The other keys depend on the kind, so it is looked at first.
        guard entry.value.entries != nil, let kindNode = entry.value["kind"] else {
            if let fields = map(entry.value, "`\(path)`", keys: ["kind"] + googleKeys + entraKeys) {
                checker.missing("kind", in: fields, "`\(path)`", at: entry.key.start, length: entry.key.length)
            }
            return nil
        }
        guard let kind = checker.choice(kindNode, "`\(path).kind`", SourceKind.self) else { return nil }
        let keys = ["kind"] + (kind == .google ? googleKeys : entraKeys)
        guard let fields = map(entry.value, "a source of kind \(kind.rawValue)", keys: keys) else { return nil }
        return SourceConfiguration(
            name: entry.name,
            kind: kind,
            guests: boolean(fields, "guests", path) ?? false,
            settings: section { reader in
                switch kind {
                case .google: reader.google(fields, path, entry.key).map(SourceConfiguration.Settings.google)
                case .entra: reader.entra(fields, path, entry.key).map(SourceConfiguration.Settings.entra)
                }
            }
        )
    }

    private var googleKeys: [String] { ["credentials", "impersonate", "customer", "endpoint", "guests"] }
    private var entraKeys: [String] { ["tenant", "client", "credential", "authority", "graph", "guests"] }

    private mutating func checkName(_ entry: Fields.Entry) {
        if !Checker.isWord(entry.name) {
            checker.conceal(entry.key)
            checker.report("the name of a source must be 1 to 40 letters, digits, `-`, `_` and `.`", at: entry.key)
        } else if ConfigurationReader.reservedNames.contains(entry.name) {
            checker.report("mapping files use this word already; give the source another name", at: entry.key)
        }
    }

    private mutating func require(_ key: String, _ fields: Fields, _ path: String, _ owner: Node) -> Node? {
        if let node = fields[key] { return node }
        checker.missing(key, in: fields, "`\(path)`", at: owner.start, length: owner.length)
        return nil
    }

    private mutating func google(_ fields: Fields, _ path: String, _ owner: Node) -> GoogleSettings? {
        let credentials = require("credentials", fields, path, owner).flatMap { text($0, "\(path).credentials") }
        let impersonate = fields["impersonate"].flatMap { node in
            text(node, "\(path).impersonate", "the address of a user", where: { $0.contains("@") })
        }
        let customer = text(fields, "customer", path) ?? "my_customer"
        let endpoint = fields["endpoint"].flatMap { self.endpoint($0, "\(path).endpoint", .google) }
        guard let credentials else { return nil }
        return GoogleSettings(
            credentials: Paths.join(folder, credentials),
            impersonate: impersonate,
            customer: customer,
            endpoint: endpoint ?? "https://admin.googleapis.com"
        )
    }

    private mutating func entra(_ fields: Fields, _ path: String, _ owner: Node) -> EntraSettings? {
        let credential = require("credential", fields, path, owner).flatMap {
            self.credential($0, "\(path).credential")
        }
        let isManaged = credential == .managedIdentity
        let form = "a GUID or a domain name"
        let tenant = (isManaged ? fields["tenant"] : require("tenant", fields, path, owner))
            .flatMap { text($0, "\(path).tenant", form, where: isTenant) }
        let client = (isManaged ? fields["client"] : require("client", fields, path, owner))
            .flatMap { text($0, "\(path).client", "a GUID", where: isTenant) }
        let authority =
            fields["authority"].map { endpoint($0, "\(path).authority", .entraAuthority) } ?? environmentAuthority()
        let graph = fields["graph"].map { endpoint($0, "\(path).graph", .graph) } ?? authority.map(nationalGraph)
        guard let credential, let authority, let graph else { return nil }
        return EntraSettings(tenant: tenant, client: client, credential: credential, authority: authority, graph: graph)
    }

    private mutating func credential(_ node: Node, _ path: String) -> EntraSettings.Credential? {
        if node.entries == nil { checker.conceal(node) }
        let keys = ["certificate", "secret", "federatedToken", "managedIdentity"]
        let read = checker.oneOf(node, "`\(path)`", keys: keys).map { credential($0, path) }
        return read.first ?? nil
    }

    private mutating func credential(_ entry: Fields.Entry, _ path: String) -> EntraSettings.Credential? {
        let path = join(path, entry.name)
        switch entry.name {
        case "secret": return secret(entry.value, path).map(EntraSettings.Credential.secret)
        case "certificate": return text(entry.value, path).map { .certificate(path: Paths.join(folder, $0)) }
        case "federatedToken": return text(entry.value, path).map { .federatedToken(path: Paths.join(folder, $0)) }
        default:
            if entry.value.bool == true { return .managedIdentity }
            checker.report("`\(path)` must be `true`; leave it out where it is not meant", at: entry.value)
            return nil
        }
    }

    /// `AZURE_AUTHORITY_HOST`, with or without a scheme, else the global cloud; nil where it may not be asked.
    ///
    /// Source: Azure SDK, "Environment variables".
    private mutating func environmentAuthority() -> String? {
        guard let host = environment["AZURE_AUTHORITY_HOST"], !host.isEmpty else {
            return "https://login.microsoftonline.com"
        }
        let url = host.contains("://") ? host : "https://\(host)"
        guard let refusal = Endpoint.refusal(of: url, vendor: .entraAuthority, allowsOthers: allowEndpoints) else {
            return Endpoint.trimmed(url)
        }
        postpone(ConfigurationError(keyPath: "AZURE_AUTHORITY_HOST", message: refusal))
        return nil
    }

    /// The Graph that belongs to an authority's cloud; the DoD's shares its authority and must be named.
    private func nationalGraph(_ authority: String) -> String {
        switch URLParts(authority)?.host {
        case "login.microsoftonline.us": "https://graph.microsoft.us"
        case "login.partner.microsoftonline.cn", "login.chinacloudapi.cn": "https://microsoftgraph.chinacloudapi.cn"
        default: "https://graph.microsoft.com"
        }
    }
}

/// Whether a text may be a tenant; it becomes a part of URLs.
private func isTenant(_ text: String) -> Bool {
    text.utf8.allSatisfy { isLetterOrDigit($0) || "-.".utf8.contains($0) } && !text.hasPrefix(".")
        && !text.contains("..")
}
