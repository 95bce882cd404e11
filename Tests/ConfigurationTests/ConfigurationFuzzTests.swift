import Configuration
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite("Damaged configurations")
struct ConfigurationFuzzTests {
    private static let pieces = [
        ": ", "- ", "? ", "[", "]", "{", "}", ", ", "&a ", "*a ", "<<: ", "!!str ", "#", "|\n", "---\n", "\"", "'",
        "\t", "\n", "\u{85}", "\u{0}", "é",
        "~", "true", "1", "{}", "[]", "null", "${env:A}", "${env:B}", "${", "}", "off", "0", "-1", "http://", "kind: ",
        "99999999999999999999", "\\", " ",
    ]
    private let secret = "hunter2hunter2"
    /// Literals stand where references should, each on a line of its own and beside others.
    private var text: String {
        """
        version: 1
        owner: platform
        mappings: Mappings
        ledger: "${env:A}/ledger"
        sources:
          google: { kind: google, credentials: key.json, customer: C1, endpoint: https://admin.googleapis.com }
          entra:
            kind: entra
            tenant: t
            client: c
            credential:
              secret: \(secret)
            graph: https://graph.microsoft.com
        target:
          region: eu-west-1
          scim: { token: \(secret), endpoint: https://scim.eu-west-1.amazonaws.com/x }
          rateShare: 0.5
        users: { match: [email], provision: true }
        brakes: { removals: { percent: 1 }, gains: off, protected: [a@b.c] }
        departures: { people: 1, per: 24h }
        serve:
          keys:
            - "\(secret)"
            - '\(secret)'
          listen: 127.0.0.1:1
        awsConfig: { session: a, regions: [{ accounts: [{ ou: / }], region: eu-west-1 }], settings: { output: json } }
        notify:
          slack: \(secret)
          webhook: |
            \(secret)
          heartbeat: { a: \(secret) }
        guardrails: { iamUsers: { allow: [a] }, custom: [{ name: n, actions: ["a:b"] }] }

        """
    }

    @Test("no text crashes the reader, every finding has a place, and none shows a secret")
    func places() {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["IDBRIDGE_SEED"].flatMap(UInt64.init) ?? 20_261_124
        let count = environment["IDBRIDGE_FUZZ"].flatMap(Int.init) ?? 2_000
        var mutator = TextMutator(seed: seed, pieces: ConfigurationFuzzTests.pieces)
        let original = Array(text.utf8)
        for number in 0..<count {
            let bytes = mutator.mutated(original)
            let result = Configuration.load(
                path: "idbridge.yaml",
                bytes: bytes,
                environment: ["A": "/a", "HOME": "/h"]
            )
            let fault = result.diagnostics.lazy.compactMap { self.fault(in: $0, bytes) }.first
            let isConsistent = (result.configuration == nil) == !result.diagnostics.isEmpty
            if fault != nil || !isConsistent {
                Issue.record(
                    "seed \(seed), text \(number): \(fault ?? "a configuration in spite of errors")\n\(String(decoding: bytes, as: UTF8.self))"
                )
                return
            }
        }
    }

    private func fault(in diagnostic: Diagnostic, _ bytes: [UInt8]) -> String? {
        if diagnostic.message.isEmpty || diagnostic.line < 1 || diagnostic.column < 1
            || diagnostic.file != "idbridge.yaml"
        {
            return "no place: \(diagnostic)"
        }
        if diagnostic.line > SourceText(bytes).lineCount + 1 { return "no such line: \(diagnostic)" }
        let shown = [diagnostic.message, diagnostic.sourceLine ?? "", diagnostic.suggestion ?? ""].joined(
            separator: " "
        )
        return shown.contains(secret) ? "shows a secret: \(diagnostic)" : nil
    }
}
