import Configuration
import Diagnostics
import Foundation
import Testing

@Suite("Secrets and references")
struct SecretTests {
    private func slack(_ reference: String, path: String = "/etc/idbridge/idbridge.yaml") throws -> SecretReference {
        try #require(
            load(configuration("notify: { slack: \"\(reference)\" }\n"), path: path).configuration?.notify.slack
        )
    }

    private func temporaryFile(_ content: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "idbridge-\(UUID().uuidString)").path
        try Data(content.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test("a variable is read when it is asked for; unset and empty ones are errors that name the key")
    func variable() throws {
        let reference = try slack("${env:HOOK}")
        #expect(try reference.resolve(environment: ["HOOK": "https://hook"]) == "https://hook")
        for environment in [[:], ["HOOK": ""]] {
            let error = #expect(throws: ConfigurationError.self) { try reference.resolve(environment: environment) }
            #expect(error?.keyPath == "notify.slack" && error?.message.contains("HOOK") == true)
        }
    }

    @Test(
        "a file's last newline is not part of the secret, and no more than that",
        arguments: [
            ("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("s3cret\n\n", "s3cret\n"),
            (" s \n", " s "),
        ]
    )
    func file(content: String, secret: String) throws {
        let path = try temporaryFile(content)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try slack("${file:\(path)}").resolve(environment: [:]) == secret)
    }

    @Test("a relative file counts from the configuration's folder")
    func relativeFile() throws {
        let path = try temporaryFile("x\n")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let name = URL(filePath: path).lastPathComponent
        #expect(try slack("${file:\(name)}", path: "\(folder)/idbridge.yaml").resolve(environment: [:]) == "x")
    }

    @Test("files that are missing, empty, folders, binary or too large are errors without their content")
    func badFiles() throws {
        let binary = try temporaryFile("")
        try Data([0x68, 0x75, 0x6E, 0x74, 0xFF]).write(to: URL(filePath: binary))
        let large = try temporaryFile(String(repeating: "hunter2", count: 10_000))
        let empty = try temporaryFile("\n")
        defer { for path in [binary, large, empty] { try? FileManager.default.removeItem(atPath: path) } }
        for path in [binary, large, empty, "/nonexistent/file", "/"] {
            let error = #expect(throws: ConfigurationError.self) {
                try slack("${file:\(path)}").resolve(environment: [:])
            }
            #expect(error?.message.contains(path) == true && error?.message.contains("hunt") == false)
        }
    }

    @Test(
        "what is no reference is an error, and neither the message nor the line shows it",
        arguments: [
            "hunter2", "\"hunter2\"", "${env:}hunter2", "hunter2${env:X}", "\"${env:hunter2 }\"", "\"${env:1hunter2}\"",
            "\"${file:}hunter2\"", "$hunter2", "\"${hunter2}\"", "\"${ENV:hunter2}\"", "[hunter2]", "{ x: hunter2 }",
            "\"\"", "~", "5",
            "|\n        hunter2\n",
        ]
    )
    func literals(value: String) {
        for text in [
            "notify:\n  slack: ⟦\(value)⟧\n", "notify:\n  webhook: ⟦\(value)⟧\n", "notify:\n  heartbeat: ⟦\(value)⟧\n",
            "target:\n  scim:\n   endpoint: http://[::1]:1\n   token: ⟦\(value)⟧\n",
            "serve:\n  keys:\n   - ⟦\(value)⟧\n",
            "sources:\n  e:\n   kind: entra\n   tenant: t\n   client: c\n   credential:\n    secret: ⟦\(value)⟧\n",
        ] {
            for diagnostic in load(configuration(text)).diagnostics { #expect(!shows(diagnostic)) }
        }
    }

    @Test(
        "no error anywhere in the file shows a literal that stands beside it",
        arguments: [
            "notify: hunter2\n", "notify: [hunter2]\n", "notify: { slck: hunter2 }\n", "notify: { hunter2 }\n",
            "notify: { https://hooks.slack.com/hunter2 }\n", "notify: { slack: hunter2, x: 1 }\n",
            "notify: { x: 1, slack: hunter2 }\n",
            "target: { scim: hunter2 }\n", "target: { scim: { endpoint: 5, token: hunter2 } }\n",
            "target: { scim: { token: hunter2, endpoint: 5 } }\n", "target: { scim: { tokn: hunter2 } }\n",
            "target: { region: 5, scim: { tokn: hunter2, endpoint: 5 }, role: 5 }\n", "serve: hunter2\n",
            "serve: { keys: hunter2 }\n",
            "serve: { keys: [hunter2], listen: 5 }\n", "serve: { keys: { a: hunter2 } }\n",
            "notify: { slack: \"hunter2 }\n",
            "notify: { slack: *hunter2 }\n", "notify: { slack: !hunter2 x }\n",
            "notify: { slack: \"${env:X}\", slack: hunter2 }\n",
            "notify: { slack: hunter2 \n", "notify:\n  slack: hunter2: x\n", "slack: hunter2\n", "token: [hunter2]\n",
            "sources: { e: { kind: entra, credential: hunter2 } }\n",
            "sources: { e: { kind: entra, credential: [hunter2], x: 1 } }\n",
            "sources: { e: { knd: entra, credential: { secret: hunter2 } } }\n",
            "sources: { e: { credential: { secret: hunter2 } } }\n",
            "sources: { e: { kind: okta, credential: { secret: hunter2 } } }\n",
            "sources: { e: { kind: google, credential: { secret: hunter2 } } }\n",
            "sources: { e: { kind: entra, credential: { secret: hunter2, certificate: x } } }\n", "sources: hunter2\n",
            "hunter2\n",
            "- hunter2\n", "notify: { slack: &a hunter2, webhook: *a }\n",
            "x: &a hunter2\nnotify: { slack: *a , y: 1 }\n",
            "notify: { slack: \"${env:X}\", x: 1 } # was hunter2\n", "notify: { slack: { hunter2: x } }\n",
            "notify: { ? [hunter2] : x }\n",
            "notify: { <<: { slack: hunter2 } }\n", "serve: { keys: [\"${env:X}\"], listen: { hunter2: x } }\n",
        ]
    )
    func beside(lines: String) {
        for text in [configuration(lines), lines] {
            let result = Configuration.load(path: "idbridge.yaml", bytes: Array(text.utf8), environment: [:])
            #expect(result.configuration == nil && !result.diagnostics.isEmpty)
            for diagnostic in result.diagnostics { #expect(!shows(diagnostic), "\(diagnostic)") }
        }
    }

    @Test("a line without secrets is shown as far as the place that is meant")
    func shownLines() {
        let result = load(configuration("target: { region: ⟦Tokyo⟧, role: ⟦x⟧ }\n"))
        #expect(
            result.diagnostics.map(\.sourceLine) == [
                "target: { region: Tokyo", "target: { region: Tokyo, role: x",
            ]
        )
        let unknown = load(configuration("target: { ⟦regoin⟧: Tokyo }\n"))
        #expect(unknown.diagnostics.map(\.sourceLine) == ["target: { regoin"])
    }

    @Test("other texts may hold variables anywhere, but no files and nothing else")
    func variablesInText() throws {
        let text = configuration("ledger: \"${env:DIR}/x-${env:NAME}.sqlite\"\n")
        let made = try #require(load(text, environment: ["DIR": "/var", "NAME": "a"]).configuration)
        #expect(try made.ledger.get() == "/var/x-a.sqlite")
        for value in ["${file:/x}", "${X}", "${env:}", "${env:a b}", "${", "a${env:X"] {
            load(configuration("ledger: ⟦\"\(value)\"⟧\n"))
        }
        let plain = try #require(load(configuration("ledger: $HOME/{x}\n")).configuration)
        #expect(try plain.ledger.get() == "/etc/idbridge/$HOME/{x}")
    }

    @Test("a variable that is not set fails what needs it and nothing else, and names the key")
    func unsetVariables() throws {
        let text = configuration(
            """
            mappings: Mappings
            ledger: ${env:LEDGER}
            sources:
              google: { kind: google, credentials: "${env:CREDENTIALS}", customer: C1 }
              other: { kind: google, credentials: key.json }
            target: { role: "${env:ROLE}" }
            awsConfig: { session: "${env:SESSION}" }

            """
        )
        let made = try #require(load(text, environment: [:]).configuration)
        #expect(try made.mappings.get() == ["Mappings"])
        #expect(throws: ConfigurationError(keyPath: "ledger", message: "the environment variable LEDGER is not set")) {
            try made.ledger.get()
        }
        let error = #expect(throws: ConfigurationError.self) { try made.sources[0].settings.get() }
        #expect(error?.keyPath == "sources.google.credentials")
        #expect(throws: Never.self) { try made.sources[1].settings.get() }
        #expect(throws: ConfigurationError.self) { try made.target.get() }
        #expect(throws: ConfigurationError.self) { try made.awsConfig.get() }
        #expect(made.sourceKinds.count == 2)
    }

    @Test("a variable's value is checked like a literal, and an error does not repeat it")
    func valuesOfVariables() {
        let result = load(google("endpoint: ⟦\"${env:E}\"⟧"), environment: ["E": "http://hunter2.example"])
        #expect(result.diagnostics.allSatisfy { !shows($0) })
        load(configuration("ledger: ⟦\"${env:E}\"⟧\n"), environment: ["E": ""])
        load(configuration("ledger: ⟦\"${env:E}\"⟧\n"), environment: ["E": "a\nb"])
        load("version: 1\nowner: ⟦\"${env:E}\"⟧\n", environment: [:])
    }

    private func shows(_ diagnostic: Diagnostic) -> Bool {
        [diagnostic.message, diagnostic.sourceLine ?? "", diagnostic.suggestion ?? ""].contains {
            $0.contains("hunter2")
        }
    }
}
