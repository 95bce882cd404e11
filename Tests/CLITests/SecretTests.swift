import Foundation
import HTTPServer
import Sandbox
import Synchronization
import Testing

@Suite("secrets", .serialized)
struct SecretTests {
    @Test("a reference that is unset is a mistake of the configuration, by its key and variable: 78")
    func unset() async throws {
        let target = "  region: ap-northeast-1"
        let cases: [(from: String, to: String, key: String, variable: String, commands: [String])] = [
            (
                target, target + "\n  scim: { endpoint: http://127.0.0.1:9/scim/v2/, token: \"${env:UNSET_TOKEN}\" }",
                "target.scim.token", "UNSET_TOKEN", ["sync"]
            ),
            (
                target, target + "\nnotify: { slack: \"${env:UNSET_SLACK}\" }", "notify.slack", "UNSET_SLACK", ["sync"]
            ),
            (
                target, target + "\nnotify: { heartbeat: \"${file:/nonexistent/beat}\" }", "notify.heartbeat",
                "/nonexistent/beat", ["sync"]
            ),
        ]
        let place = try await Workplace.start()
        defer { place.stop() }
        place.setVariable("OTHER_SECRET", "hunter2")
        for (from, to, key, variable, commands) in cases {
            try place.write(place.configuration().replacing(from, with: to), to: "idbridge.yaml")
            for command in commands {
                let ended = try await place.run(command)
                #expect(ended.exit == 78, "\(command) \(key): \(ended.exit) \(ended.output)\(ended.errors)")
                #expect(ended.errors.contains(key), "\(ended.errors)")
                #expect(ended.errors.contains(variable), "\(ended.errors)")
                #expect(!(ended.output + ended.errors).contains("hunter2"))
            }
        }
        let path = place.sandbox.googleKeyFile
        try place.write(place.configuration().replacing(path, with: "${env:UNSET_KEY_FILE}"), to: "idbridge.yaml")
        let ended = try await place.run("plan")
        #expect(ended.exit == 78, "\(ended.exit) \(ended.errors)")
        #expect(ended.errors.contains("UNSET_KEY_FILE"), "\(ended.errors)")
        #expect(place.world.writes.isEmpty)
    }

    @Test("never reach stdout, stderr, the ledger, plan documents or metrics; and files are their owner's alone")
    func nowhere() async throws {
        let place = try await Workplace.start(
            configuration: """
                notify:
                  slack: ${env:SLACK}
                  webhook: ${env:HOOK}
                  heartbeat: ${env:BEAT}
                """
        )
        defer { place.stop() }
        let secrets = Mutex(Set<String>())
        try place.note(keysInto: secrets)
        for (name, path) in [("SLACK", "hush-slack"), ("HOOK", "hush-hook"), ("BEAT", "hush-beat")] {
            place.setVariable(name, "\(place.sandbox.baseURL)/\(path)")
            secrets.withLock { _ = $0.insert(path) }
        }
        place.world.onCall { call in
            let bearer = call.request.header("Authorization").flatMap { value in
                value.hasPrefix("Bearer ") ? String(value.dropFirst(7)) : nil
            }
            let assertion = call.request.form.first { $0.name == "assertion" }?.value
            secrets.withLock { secrets in
                for value in [bearer, assertion].compactMap({ $0 }) { secrets.insert(value) }
            }
        }
        var said = ""
        func run(_ arguments: String...) async throws {
            let ended = try await BuiltProgram.run(
                arguments + ["--config", place.path("idbridge.yaml"), "--log-level", "debug"],
                environment: place.variables
            )
            said += ended.output + ended.errors
        }
        try await run("plan", "--out", place.path("plan.json"))
        for format in ["json", "markdown", "html"] { try await run("plan", "--format", format) }
        for effect in [
            Fault.Effect.refused(code: "AccessDeniedException", status: 403), .malformedJSON, .reset(performed: false),
        ] {
            for service in ["google-token", "google", "sso-admin"] {
                place.world.inject(Fault(.service(service), .every, effect))
                if case .reset = effect { place.world.clearFaults() }
                try await run("sync", "--log-format", "json")
                place.world.clearFaults()
            }
        }
        try await run("sync", "--metrics-file", place.path("metrics.prom"))
        try await run("sync", "--format", "json")
        try await run("apply", place.path("plan.json"))
        #expect(place.world.snapshot().outcome == SmallCompany.outcome)

        let known = secrets.withLock { $0 }
        #expect(known.count >= 8, "too few secrets are known: \(known.count)")
        var texts = ["what was said": Array(said.utf8)]
        for name in try FileManager.default.contentsOfDirectory(atPath: place.folder) where name != "Mappings" {
            let path = place.path(name)
            texts[name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            if name.hasPrefix("ledger") || name == "plan.json" { #expect(try mode(of: path) == 0o600, "\(name)") }
        }
        #expect(texts.keys.contains("ledger.sqlite"))
        for (name, bytes) in texts where name != "idbridge.yaml" {
            let text = String(decoding: bytes, as: UTF8.self)
            for secret in known { #expect(!text.contains(secret), "\(name) has \(secret.prefix(12))…") }
        }
    }
}

extension Workplace {
    /// Adds what the clouds' keys consist of.
    fileprivate func note(keysInto secrets: borrowing Mutex<Set<String>>) throws {
        let access = world.snapshot().access
        let key = try Data(contentsOf: URL(fileURLWithPath: sandbox.googleKeyFile))
        let object = try JSONSerialization.jsonObject(with: key) as? [String: Any]
        let pem = (object?["private_key"] as? String ?? "").split(separator: "\n").filter { !$0.hasPrefix("---") }
        secrets.withLock { secrets in
            secrets.formUnion(access.keys.map(\.secret))
            secrets.insert(access.scimToken)
            secrets.formUnion(pem.prefix(3).map(String.init))
        }
    }
}
