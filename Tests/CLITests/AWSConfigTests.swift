import Foundation
import Sandbox
import Testing

@Suite("aws-config against the loopback clouds", .serialized)
struct AWSConfigTests {
    static let mapping = """
        version: 1
        accounts:
          production: [{ ou: /Workloads/Production }]
        groups:
          platform-core:
            formerly: platform-team
            members: [{ google: platform-core@example.com }]
            access:
              - { permissionSets: [ViewOnlyAccess], accounts: [{ set: production }] }
              - { permissionSets: [PowerUserAccess], accounts: [{ name: staging }], until: 2026-01-01T00:00:00Z }
              - { permissionSets: [PowerUserAccess], accounts: [{ name: playground }], from: 2036-01-01T00:00:00Z }
              - { permissionSets: [ViewOnlyAccess], accounts: [{ id: "100000000010" }] }
          billing:
            members: [{ user: hana@example.com }]
            access: [{ permissionSets: [Billing], accounts: [{ name: management }] }]
          old-contractors: { retired: true }
        patterns:
          - google: aws-{account}-{permissionSet}@example.com
            group: aws-{account}-{permissionSet}
            only: { permissionSets: [PowerUserAccess, ViewOnlyAccess] }
            access: [{ permissionSets: ["{permissionSet}"], accounts: [{ name: "{account}" }] }]
        """

    @Test("the file has a profile for each access that is granted now or later, and nothing else")
    func everybody() async throws {
        let world = try await ConfiguredSandbox(mapping: AWSConfigTests.mapping)
        defer { world.stop() }
        let run = try await world.run(["aws-config"])
        #expect(run.exit == 0, "\(run.errors)")
        #expect(
            AWSConfigTests.profiles(run.output) == [
                "management-Billing", "payments-ViewOnlyAccess", "playground-PowerUserAccess", "web-ViewOnlyAccess",
                "web-archive-ViewOnlyAccess",
            ]
        )
        #expect(run.output.contains("[sso-session platform]\nsso_start_url = https://d-9567012345.awsapps.com/start\n"))
        #expect(
            run.output.contains("sso_account_id = 100000000001\nsso_role_name = Billing\nregion = ap-northeast-1\n")
        )
        #expect(try await world.run(["aws-config"]).output == run.output)
        #expect(run.errors.contains("100000000010 (retired-shop) is not ACTIVE"))
    }

    @Test("a window that is over at --now takes its profiles along")
    func now() async throws {
        let world = try await ConfiguredSandbox(mapping: AWSConfigTests.mapping)
        defer { world.stop() }
        let run = try await world.run(["aws-config", "--now", "2025-12-31T23:59:59Z"])
        #expect(AWSConfigTests.profiles(run.output).contains("staging-PowerUserAccess"))
    }

    @Test("what the target does not know is left out with a warning, exit 4")
    func unknown() async throws {
        let world = try await ConfiguredSandbox(
            mapping: """
                version: 1
                groups:
                  g:
                    members: [{ user: hana@example.com }]
                    access:
                      - { permissionSets: [Nothing, Billing], accounts: [{ id: "100000000002" }, { id: "999999999999" }] }
                """
        )
        defer { world.stop() }
        let run = try await world.run(["aws-config"])
        #expect(run.exit == 4)
        #expect(AWSConfigTests.profiles(run.output) == ["payments-Billing"])
        #expect(run.errors.contains("the target has no permission set Nothing"))
        #expect(run.errors.contains("the organization has no account 999999999999"))
    }

    @Test("--for takes groups, people by the mapping, and people by what Identity Center holds")
    func reach() async throws {
        let world = try await ConfiguredSandbox(mapping: AWSConfigTests.mapping)
        defer { world.stop() }
        func profiles(_ arguments: [String]) async throws -> [String] {
            let run = try await world.run(["aws-config"] + arguments)
            #expect(run.exit == 0, "\(arguments) \(run.errors)")
            return AWSConfigTests.profiles(run.output)
        }
        #expect(try await profiles(["--for", "Billing"]) == ["management-Billing"])
        #expect(
            try await profiles(["--for", "billing", "aws-payments-viewonlyaccess"]) == [
                "management-Billing", "payments-ViewOnlyAccess",
            ]
        )
        #expect(try await profiles(["--for", "hana@example.com"]) == ["management-Billing"])
        #expect(
            try await profiles(["--all", "--for", "rui@example.com"]) == [
                "payments-ViewOnlyAccess", "web-PowerUserAccess",
            ]
        )
        #expect(try await profiles(["--all", "--for", "auditors"]) == ["payments-SecurityAudit", "web-SecurityAudit"])
        for name in ["nobody@example.com", "no-group"] {
            let run = try await world.run(["aws-config", "--for", name])
            #expect(run.exit == 67, "\(run.errors)")
        }
    }

    @Test("--all takes every assignment, on ACTIVE accounts")
    func everyAssignment() async throws {
        let world = try await ConfiguredSandbox(mapping: AWSConfigTests.mapping)
        defer { world.stop() }
        let profiles = AWSConfigTests.profiles(try await world.run(["aws-config", "--all"]).output)
        #expect(profiles.contains("management-AdministratorAccess"))
        #expect(profiles.contains("sandbox-green-ViewOnlyAccess"))
        #expect(!profiles.contains { $0.hasPrefix("retired-shop") })
    }

    @Test("regions, settings and names come from the configuration")
    func settings() async throws {
        let world = try await ConfiguredSandbox(
            mapping: AWSConfigTests.mapping,
            configuration: """
                awsConfig:
                  session: corp
                  startUrl: https://example.awsapps.com/start
                  region: eu-west-1
                  regions:
                    - { accounts: [{ name: web }], region: us-east-1 }
                    - { accounts: [{ set: production }], region: us-west-2 }
                  profileName: "x/{permissionSet} {accountId}"
                  settings: { output: json, cli_pager: "" , max_attempts: 3 }
                """
        )
        defer { world.stop() }
        let run = try await world.run(["aws-config"])
        #expect(run.exit == 78)
        let good = try await ConfiguredSandbox(
            mapping: AWSConfigTests.mapping,
            configuration: """
                awsConfig:
                  session: corp
                  startUrl: https://example.awsapps.com/start
                  region: eu-west-1
                  regions:
                    - { accounts: [{ name: web }], region: us-east-1 }
                    - { accounts: [{ set: production }], region: us-west-2 }
                  profileName: "x/{permissionSet} {accountId}"
                  settings: { output: json, max_attempts: 3 }
                """
        )
        defer { good.stop() }
        let output = try await good.run(["aws-config"]).output
        #expect(
            output.contains(
                """
                [profile x/ViewOnlyAccess-100000000003]
                sso_session = corp
                sso_account_id = 100000000003
                sso_role_name = ViewOnlyAccess
                region = us-east-1
                output = json
                max_attempts = 3

                """
            )
        )
        #expect(output.contains("sso_account_id = 100000000002\nsso_role_name = ViewOnlyAccess\nregion = us-west-2\n"))
        #expect(output.contains("sso_role_name = Billing\nregion = eu-west-1\n"))
        #expect(output.contains("sso_start_url = https://example.awsapps.com/start\nsso_region = ap-northeast-1\n"))
    }

    @Test("--output, --merge and --check write and compare files")
    func files() async throws {
        let world = try await ConfiguredSandbox(mapping: AWSConfigTests.mapping)
        defer { world.stop() }
        let printed = try await world.run(["aws-config"]).output
        let output = "\(world.folder)/out"
        #expect(try await world.run(["aws-config", "--output", output, "--check"]).exit == 2)
        #expect(!FileManager.default.fileExists(atPath: output))
        #expect(try await world.run(["aws-config", "--output", output]).exit == 0)
        #expect(try String(contentsOfFile: output, encoding: .utf8) == printed)
        #expect(try AWSConfigTests.mode(output) == 0o644)
        #expect(try await world.run(["aws-config", "--output", output, "--check"]).exit == 0)
        #expect(try await world.run(["aws-config", "--output", output, "--merge"]).exit == 64)
        #expect(try await world.run(["aws-config", "--check"]).exit == 64)

        let home = ["HOME": "\(world.folder)/home", "AWS_CONFIG_FILE": ""]
        #expect(try await world.run(["aws-config", "--merge"], home).exit == 0)
        let made = "\(world.folder)/home/.aws/config"
        #expect(try String(contentsOfFile: made, encoding: .utf8) == printed)
        #expect(try AWSConfigTests.mode(made) == 0o600)
        #expect(try AWSConfigTests.mode("\(world.folder)/home/.aws") == 0o700)
        #expect(try await world.run(["aws-config", "--merge", "--check"], home).exit == 0)

        let real = "\(world.folder)/real", link = "\(world.folder)/link"
        try "[profile web-ViewOnlyAccess]\r\nregion = a".write(toFile: real, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: real)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real")
        let named = ["AWS_CONFIG_FILE": link]
        #expect(try await world.run(["aws-config", "--merge", "--check"], named).exit == 2)
        let merged = try await world.run(["aws-config", "--merge"], named)
        #expect(merged.exit == 0)
        #expect(merged.errors.contains("has a profile web-ViewOnlyAccess of its own"))
        let text = try String(contentsOfFile: real, encoding: .utf8)
        #expect(text.hasPrefix("[profile web-ViewOnlyAccess]\r\nregion = a\n# >>> idbridge"))
        #expect(AWSConfigTests.profiles(text).filter { $0 == "web-ViewOnlyAccess" }.count == 1)
        #expect(try AWSConfigTests.mode(real) == 0o640)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real")
    }

    @Test("a file that cannot be merged is left alone, with the line")
    func refused() async throws {
        let world = try await ConfiguredSandbox(mapping: AWSConfigTests.mapping)
        defer { world.stop() }
        let path = "\(world.folder)/config"
        let cases: [(String, Int32, String)] = [
            ("[profile a]\nregion\n", 65, "config:2: "),
            ("[profile a]\nx = y\n# >>> idbridge aws-config: do not edit inside\n", 65, "config:3: "),
            ("[sso-session platform]\nsso_region = eu-west-1\n", 78, "no start URL in eu-west-1"),
        ]
        for (text, exit, message) in cases {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let run = try await world.run(["aws-config", "--merge", path])
            #expect(run.exit == exit, "\(run.errors)")
            #expect(run.errors.contains(message), "\(run.errors)")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
        // The file that credentials would be read from, too.
        try cases[0].0.write(toFile: path, atomically: true, encoding: .utf8)
        let own = try await world.run(["aws-config", "--merge"], ["AWS_CONFIG_FILE": path])
        #expect(own.exit == 65, "\(own.errors)")
        #expect(own.errors.contains("config:2: "), "\(own.errors)")
    }

    static func profiles(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("[profile ") }.map {
            String($0.dropFirst(9).dropLast())
        }
    }

    private static func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }
}

/// The seeded company as loopback clouds, with a configuration and mapping of a test's own.
struct ConfiguredSandbox {
    let sandbox: Sandbox
    let folder: String

    init(mapping: String, configuration: String = "", world: World = Company.seeded()) async throws {
        sandbox = try await Sandbox.start(world: world)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("cli-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try mapping.write(toFile: "\(folder)/mapping.yaml", atomically: true, encoding: .utf8)
        let text = """
            version: 1
            owner: platform
            mappings: mapping.yaml
            ledger: ledger.sqlite
            sources:
              google:
                kind: google
                credentials: \(sandbox.googleKeyFile)
                impersonate: directory-reader@example.com
                endpoint: \(sandbox.baseURL)
            target: { region: ap-northeast-1 }

            """
        try (text + configuration).write(toFile: "\(folder)/idbridge.yaml", atomically: true, encoding: .utf8)
    }

    func stop() {
        sandbox.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Runs the program that was built beside the tests.
    func run(
        _ arguments: [String],
        _ variables: [String: String] = [:]
    ) async throws -> Ended {
        try await BuiltProgram.run(
            arguments + ["--config", "\(folder)/idbridge.yaml"],
            environment: sandbox.environment.merging(variables) { $1 }
        )
    }
}
