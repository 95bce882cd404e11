import Foundation
import Sandbox
import Testing

@Suite("bad input ends with its exit code, says what is wrong, and changes nothing", .serialized)
struct BadInputTests {
    /// One mistake: what is changed in the configuration or mapping, the exit, and a word of the message.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var from: String
        var to: String
        var exit: Int32
        var says: String

        init(_ from: String, _ to: String, _ exit: Int32, says: String) {
            (self.from, self.to, self.exit, self.says) = (from, to, exit, says)
        }

        var testDescription: String { "\(from) → \(to)" }
    }

    /// Runs every command that reads the file, and wants the same of each.
    private func check(
        _ place: Workplace,
        exit: Int32,
        says: String,
        commands: [[String]] = [["sync"], ["plan"], ["apply", "--yes"], ["sync", "--dry-run"]]
    ) async throws {
        for command in commands {
            let ended = try await BuiltProgram.run(
                command + ["--config", place.path("idbridge.yaml")],
                environment: place.variables
            )
            #expect(ended.exit == exit, "\(command): \(ended.exit) \(ended.output)\(ended.errors)")
            #expect(ended.errors.contains(says), "\(command) does not say \(says): \(ended.errors)")
        }
        #expect(place.world.writes.isEmpty)
    }

    @Test(
        "in the configuration",
        arguments: [
            Mistake("version: 1", "version: 2", 78, says: "idbridge.yaml:1:10: error:"),
            Mistake("owner: platform", "owner: Platform", 78, says: "idbridge.yaml:2:8: error:"),
            Mistake("owner: platform", "ownr: platform", 78, says: "did you mean"),
            Mistake("owner: platform", "", 78, says: "owner"),
            Mistake("kind: google", "kind: gogle", 78, says: "google"),
            Mistake("impersonate: directory-reader@example.com", "impersonate: []", 78, says: "impersonate"),
            Mistake("target:", "target: [", 78, says: "error:"),
            Mistake("region: ap-northeast-1", "regoin: ap-northeast-1", 78, says: "region"),
            Mistake("endpoint: http://127.0.0.1", "endpoint: http://192.0.2.1", 78, says: "https"),
            Mistake("endpoint: http://127.0.0.1", "endpoint: https://example.com", 78, says: "allowEndpoints"),
            Mistake("ledger: ledger.sqlite", "ledger: [a]", 78, says: "ledger"),
            Mistake("mappings: Mappings", "mappings: Nowhere", 65, says: "Nowhere"),
        ]
    )
    func configuration(mistake: Mistake) async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let text = place.configuration()
        try #require(text.contains(mistake.from))
        try place.write(text.replacing(mistake.from, with: mistake.to, maxReplacements: 1), to: "idbridge.yaml")
        try await check(place, exit: mistake.exit, says: mistake.says)
        #expect(place.world.log.isEmpty, "a call was made under a broken configuration")
    }

    @Test(
        "in the mapping",
        arguments: [
            Mistake("version: 1", "version: 9", 65, says: "Mappings/company.yaml:1:"),
            Mistake("permissionSets: [Admin]", "permissonSets: [Admin]", 65, says: "did you mean"),
            Mistake("google: platform@example.com", "gogle: platform@example.com", 65, says: "error:"),
            Mistake("adopt: true", "adopt: perhaps", 65, says: "adopt"),
            Mistake("groups:", "groups: {", 65, says: "error:"),
            Mistake("newcomers:\n", "platform:\n", 65, says: "platform"),
        ]
    )
    func mapping(mistake: Mistake) async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        try #require(SmallCompany.mapping.contains(mistake.from))
        try place.write(SmallCompany.mapping.replacing(mistake.from, with: mistake.to), to: "Mappings/company.yaml")
        let all = [["check"], ["sync"], ["plan"], ["apply", "--yes"]]
        try await check(place, exit: mistake.exit, says: mistake.says, commands: all)
        #expect(place.world.log.isEmpty, "a call was made under a broken mapping")
    }

    @Test("no configuration, and one that cannot be read")
    func noConfiguration() async throws {
        for path in ["/nonexistent/idbridge.yaml", "/tmp"] {
            let ended = try await BuiltProgram.run(["sync", "--config", path])
            #expect(ended.exit == 78, "\(path): \(ended.errors)")
            #expect(ended.errors.contains(path))
        }
    }

    @Test("a variable of a notice that is not set stops a run before it begins, and a plan does not need it")
    func unsetNotice() async throws {
        let place = try await Workplace.start(configuration: "notify: { slack: \"${env:NO_SUCH_HOOK}\" }")
        defer { place.stop() }
        try await check(place, exit: 78, says: "notify.slack", commands: [["sync"], ["apply", "--yes"]])
        #expect(place.world.log.isEmpty)
        #expect(try await place.run("plan").exit == 0)
        #expect(try await place.run("sync", "--dry-run").exit == 2)
        #expect(try await place.run("offboard", "nobody@example.com").exit == 67)
    }

    @Test("a notice over plain http is refused before a run begins, and its URL is not shown")
    func plainNotice() async throws {
        for key in ["slack", "webhook", "heartbeat"] {
            let place = try await Workplace.start(configuration: "notify: { \(key): \"${env:HOOK}\" }")
            defer { place.stop() }
            for url in ["http://hooks.example/s3cretpath", "s3cretpath"] {
                place.setVariable("HOOK", url)
                try await check(place, exit: 78, says: "notify.\(key)", commands: [["sync"], ["apply", "--yes"]])
                #expect(try await !place.run("sync").errors.contains("s3cretpath"))
            }
            #expect(place.world.log.isEmpty)
            // A port where nobody listens: the notice fails, the run does not.
            place.setVariable("HOOK", "http://127.0.0.1:9/webhookb2/a@b/IncomingWebhook?token=a%20b&rid=1")
            let ended = try await place.run("sync")
            #expect(ended.exit == 0, "\(ended.errors)")
            #expect(!ended.errors.contains("IncomingWebhook"))
        }
    }

    @Test("the demo asks no other clouds than its own, whatever the environment says")
    func demo() async throws {
        let ended = try await BuiltProgram.run(
            ["demo"],
            environment: [
                "AWS_ENDPOINT_URL_SSO_ADMIN": "http://127.0.0.1:9", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
                "AWS_PROFILE": "production", "AZURE_AUTHORITY_HOST": "https://login.example",
            ]
        )
        #expect(ended.exit == 0, "\(ended.errors)")
    }

    @Test("a plan needs no token that disables users")
    func unsetToken() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let scim =
            "region: ap-northeast-1\n  scim: { endpoint: \"http://127.0.0.1:9/t/scim/v2/\", token: \"${env:NO_SUCH_TOKEN}\" }"
        try place.write(
            place.configuration().replacing("region: ap-northeast-1", with: scim),
            to: "idbridge.yaml"
        )
        #expect(try await place.run("plan").exit == 0)
        try await check(place, exit: 78, says: "target.scim.token", commands: [["sync"]])
    }

    @Test(
        "plain http off loopback, from the environment too",
        arguments: [
            "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IDENTITYSTORE", "AWS_ENDPOINT_URL_SSO_ADMIN",
            "AWS_ENDPOINT_URL_ORGANIZATIONS",
        ]
    )
    func plainHTTP(variable: String) async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        place.setVariable(variable, "http://192.0.2.1:9999")
        try await check(place, exit: 78, says: variable)
        #expect(place.world.log.isEmpty)
    }

    @Test("an endpoint of STS on plain http is refused where a role is assumed")
    func plainSTS() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let role = "region: ap-northeast-1\n  role: arn:aws:iam::100000000001:role/idbridge"
        try place.write(
            place.configuration().replacing("region: ap-northeast-1", with: role),
            to: "idbridge.yaml"
        )
        place.setVariable("AWS_ENDPOINT_URL_STS", "http://192.0.2.1:9999")
        try await check(place, exit: 78, says: "AWS_ENDPOINT_URL_STS")
        #expect(place.world.log.isEmpty)
    }

    @Test("a Google key file that is missing, cut, of another kind, or without its key")
    func keyFile() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let key = try String(contentsOfFile: place.sandbox.googleKeyFile, encoding: .utf8)
        let files: [(String, String?)] = [
            ("missing.json", nil), ("cut.json", String(key.prefix(key.count / 2))),
            ("kind.json", key.replacing("service_account", with: "authorized_user")),
            ("key.json", key.replacing("BEGIN PRIVATE KEY", with: "BEGIN SOMETHING")),
            ("empty.json", ""),
        ]
        for (name, text) in files {
            if let text { try place.write(text, to: name) }
            try place.write(
                place.configuration().replacing(place.sandbox.googleKeyFile, with: place.path(name)),
                to: "idbridge.yaml"
            )
            try await check(place, exit: 78, says: name, commands: [["sync"], ["plan"]])
        }
        #expect(place.world.log.isEmpty)
    }

    @Test("a source that refuses its credentials: 77")
    func refusedBySource() async throws {
        var world = SmallCompany.world()
        world.google.serviceAccount.isDeleted = true
        let place = try await Workplace.start(world)
        defer { place.stop() }
        try await check(place, exit: 77, says: "google", commands: [["sync"], ["plan"]])
        var unauthorized = SmallCompany.world()
        unauthorized.google.serviceAccount.authorizedScopes = []
        let other = try await Workplace.start(unauthorized)
        defer { other.stop() }
        try await check(other, exit: 77, says: "scope", commands: [["sync"]])
    }

    @Test("AWS credentials that are wrong, refused, or not there: 77")
    func refusedByTarget() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        place.setVariable("AWS_SECRET_ACCESS_KEY", "not-the-secret")
        try await check(place, exit: 77, says: "Identity Center", commands: [["sync"], ["plan"]])
        place.setVariable("AWS_SECRET_ACCESS_KEY", nil)
        place.setVariable("AWS_ACCESS_KEY_ID", nil)
        try await check(place, exit: 77, says: "AWS_ACCESS_KEY_ID", commands: [["sync"], ["plan"]])
        var world = SmallCompany.world()
        world.access.denied = ["identitystore:ListGroups"]
        let denied = try await Workplace.start(world)
        defer { denied.stop() }
        try await check(denied, exit: 77, says: "ListGroups", commands: [["sync"]])
    }

    @Test("an AWS profile that is not there: 78")
    func profile() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        place.setVariable("AWS_PROFILE", "nobody")
        place.setVariable("AWS_ACCESS_KEY_ID", nil)
        place.setVariable("AWS_SECRET_ACCESS_KEY", nil)
        try await check(place, exit: 78, says: "nobody", commands: [["sync"], ["plan"]])
    }

    @Test("endpoints that are down: 69")
    func down() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        place.setVariable("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        try await check(place, exit: 69, says: "127.0.0.1", commands: [["plan"]])
        place.setVariable("AWS_ENDPOINT_URL", place.sandbox.baseURL)
        try place.write(
            place.configuration().replacing(
                "endpoint: \(place.sandbox.baseURL)",
                with: "endpoint: http://127.0.0.1:1"
            ),
            to: "idbridge.yaml"
        )
        try await check(place, exit: 69, says: "google", commands: [["plan"]])
    }

    @Test("a region without an instance: 69")
    func noInstance() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        try place.write(
            place.configuration().replacing(
                "region: ap-northeast-1",
                with: "region: ap-northeast-1\n  instance: arn:aws:sso:::instance/ssoins-0000000000000000"
            ),
            to: "idbridge.yaml"
        )
        try await check(place, exit: 69, says: "ssoins-0000000000000000", commands: [["sync"]])
    }

    @Test("a secret that is literal or unset: 78 with the key's path, and never repeated")
    func secrets() async throws {
        let place = try await Workplace.start(
            configuration: "notify: { slack: https://hooks.slack.com/T0/B0/topsecret }"
        )
        defer { place.stop() }
        let literal = try await place.run("sync")
        #expect(literal.exit == 78)
        #expect(literal.errors.contains("slack") && !literal.errors.contains("topsecret"), "\(literal.errors)")
        #expect(place.world.log.isEmpty)
    }

    @Test("unknown commands, options and values: 64")
    func usage() async throws {
        let place = try await Workplace.start()
        defer { place.stop() }
        let calls = [
            ["snyc"], ["sync", "--yess"], ["sync", "surplus"], ["apply", "a", "b"], ["apply", "--skip-stale", "--yes"],
            ["sync", "--lock-timeout", "soon"], ["sync", "--allow-removals", "all"], ["sync", "--max-parallel", "0"],
            ["sync", "--now", "tomorrow"], ["plan", "--format", "yaml"], ["sync", "--only"], [],
        ]
        try await check(place, exit: 64, says: "idbridge", commands: calls)
        #expect(place.world.log.isEmpty)
    }
}
