import Diagnostics
import Model
import YAML

/// Reads the nodes of `idbridge.yaml` into values; one extension a section.
struct ConfigurationReader {
    var checker: Checker
    let folder: String
    let environment: [String: String]
    /// The configuration's `allowEndpoints`.
    var allowEndpoints = false
    /// Variables that are not set, of the section that is being read; nil outside of sections that can wait.
    private var unset: [ConfigurationError]?

    static let keys = [
        "version", "owner", "mappings", "ledger", "sources", "target", "users", "brakes", "departures", "serve",
        "guardrails", "awsConfig", "notify", "allowEndpoints",
    ]

    init(_ document: Document, folder: String, environment: [String: String]) {
        checker = Checker(document, concealing: true)
        self.folder = folder
        self.environment = environment
        document.root.map { concealLiterals(in: $0) }
    }

    /// The keys whose values are secrets, wherever they stand.
    private static let secretKeys: Set<String> = ["secret", "token", "keys", "slack", "webhook", "heartbeat"]

    /// Keeps literals in the place of references out of all source lines, also where the map around them is an error.
    private mutating func concealLiterals(in node: Node) {
        for entry in node.entries ?? [] {
            if ConfigurationReader.secretKeys.contains(entry.key.scalar?.text ?? "") {
                for value in entry.value.list ?? [entry.value] where value.string.flatMap(Reference.init) == nil {
                    checker.conceal(value)
                }
            }
            concealLiterals(in: entry.value)
        }
        for value in node.list ?? [] { concealLiterals(in: value) }
    }

    /// Reads the whole; nil where there is too little to go on, which the checker then tells.
    mutating func read(_ root: Node?) -> Configuration? {
        guard let root, root.scalar.map({ !$0.text.isEmpty }) ?? true else {
            checker.report("this file is empty; a configuration begins with `version: 1`", at: .start)
            return nil
        }
        guard let fields = map(root, "the configuration", keys: ConfigurationReader.keys) else { return nil }
        version(fields)
        allowEndpoints = boolean(fields, "allowEndpoints", "") ?? false
        let owner = owner(fields)
        let target = section { reader in reader.target(fields["target"]) }
        let scim = fields["target"]?["scim"]
        return Configuration(
            folder: folder,
            owner: owner ?? "",
            mappings: section { $0.mappings(fields["mappings"]) },
            ledger: section { $0.ledger(fields["ledger"]) },
            sources: sources(fields["sources"]),
            target: target,
            hasSCIM: scim != nil,
            users: users(fields["users"]),
            brakes: brakes(fields["brakes"]),
            departures: departures(fields["departures"]),
            serve: fields["serve"].map { node in section { $0.serve(node) } },
            guardrails: guardrails(fields["guardrails"]),
            awsConfig: section { $0.awsConfig(fields["awsConfig"], owner: owner ?? "") },
            notify: notify(fields["notify"]),
            allowEndpoints: allowEndpoints
        )
    }

    /// Reads a section that can wait for its variables; an unset one is its failure and no diagnostic.
    mutating func section<Value>(
        _ read: (inout ConfigurationReader) -> Value?
    ) -> Result<Value, ConfigurationError> {
        unset = []
        let value = read(&self)
        let missing = unset?.first
        unset = nil
        if let missing { return .failure(missing) }
        // Without a value there is a diagnostic, and then no configuration.
        return value.map(Result.success) ?? .failure(ConfigurationError(keyPath: "", message: "invalid"))
    }

    /// Whether an unset variable is a failure of the section rather than a diagnostic.
    var unsetCanWait: Bool { unset != nil }

    /// Makes the section that is being read fail when it is used.
    mutating func postpone(_ error: ConfigurationError) { unset?.append(error) }

    private mutating func version(_ fields: Fields) {
        guard let version = fields["version"] else {
            return checker.missing("version", in: fields, "this file", at: .start)
        }
        if version.double != 1 { checker.report("`version` must be the number 1", at: version) }
    }

    private mutating func owner(_ fields: Fields) -> String? {
        guard let node = fields["owner"] else {
            checker.missing("owner", in: fields, "the configuration", at: .start)
            return nil
        }
        guard let owner = text(node, "owner") else { return nil }
        let isLegal = (1...32).contains(owner.utf8.count) && owner.utf8.allSatisfy(isNameByte)
        if !isLegal { checker.report("`owner` must be 1 to 32 of a-z, 0-9 and -", at: node) }
        return isLegal ? owner : nil
    }

    private mutating func mappings(_ node: Node?) -> [String]? {
        guard let node else { return ["Mappings"] }
        if node.list != nil { return texts(node, "mappings", of: "paths", mayBeEmpty: false) }
        return text(node, "mappings").map { [$0] }
    }

    /// Source of the default: XDG Base Directory Specification 0.8; a relative `XDG_STATE_HOME` is to be ignored.
    private mutating func ledger(_ node: Node?) -> String? {
        if let node { return text(node, "ledger").map { Paths.join(folder, $0) } }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return Paths.join(state, "idbridge/ledger.sqlite")
        }
        if let home = environment["HOME"], home.hasPrefix("/") {
            return Paths.join(home, ".local/state/idbridge/ledger.sqlite")
        }
        postpone(
            ConfigurationError(
                keyPath: "ledger",
                message: "neither XDG_STATE_HOME nor HOME is set; say in the configuration where the ledger shall be"
            )
        )
        return nil
    }
}

/// Whether a byte is one of a-z, 0-9 and -.
func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
}

/// Whether a byte is an ASCII letter or digit.
func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
}
