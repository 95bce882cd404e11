internal import FoundationEssentials
internal import Model
internal import Report
internal import Sandbox

/// `idbridge demo`: the whole job against clouds on this machine.
struct DemoCommand {
    let context: CommandContext

    func run() async throws(CommandFailure) -> Int32 {
        let sandbox: Sandbox
        do { sandbox = try await Sandbox.start(world: Company.seeded()) } catch {
            throw CommandFailure(1, "idbridge: the loopback clouds could not be started: \(error)")
        }
        defer { sandbox.stop() }
        let folder = try DemoFolder(sandbox)
        defer { folder.remove() }
        let shell = DemoShell(
            context: context,
            environment: DemoCommand.own(context.environment).merging(sandbox.environment) { $1 },
            folder: folder
        )
        context.terminal.result(
            """
            Loopback clouds of a small company are running at \(sandbox.baseURL): Google Workspace, Microsoft Entra ID and AWS.
            The mapping is the example in Mappings; the configuration is \(folder.configuration).

            """
        )
        return try await shell.play()
    }

    /// The environment without what would lead to other clouds than the demo's: an endpoint or a profile of the caller's.
    private static func own(_ environment: [String: String]) -> [String: String] {
        let clouds = ["AWS_", "AZURE_", "GOOGLE_", "GCE_", "IDENTITY_", "ACTIONS_ID_TOKEN_"]
        return environment.filter { variable in !clouds.contains { variable.key.hasPrefix($0) } }
    }
}

/// The configuration and mapping of the demo, in a folder of its own.
private struct DemoFolder {
    let path: String
    var configuration: String { "\(path)/idbridge.yaml" }

    init(_ sandbox: Sandbox) throws(CommandFailure) {
        path =
            FileManager.default.temporaryDirectory.appending(path: "idbridge-demo-\(UUID().uuidString.prefix(8))").path
        do {
            try FileManager.default.createDirectory(
                atPath: "\(path)/Mappings",
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            for file in ExampleMapping.files {
                try file.text.write(toFile: "\(path)/Mappings/\(file.name)", atomically: true, encoding: .utf8)
            }
            try DemoFolder.text(sandbox).write(toFile: configuration, atomically: true, encoding: .utf8)
        } catch {
            throw CommandFailure(1, "idbridge: the demo's files could not be written: \(error)")
        }
    }

    private static func text(_ sandbox: Sandbox) -> String {
        """
        version: 1
        owner: platform
        mappings: Mappings
        ledger: ledger.sqlite
        sources:
          google:
            kind: google
            credentials: \(sandbox.googleKeyFile)
            impersonate: directory-reader@example.com
            endpoint: \(sandbox.baseURL)
          entra:
            kind: entra
            tenant: \(sandbox.environment["AZURE_TENANT_ID"] ?? "")
            client: \(sandbox.environment["AZURE_CLIENT_ID"] ?? "")
            credential: { secret: "${env:AZURE_CLIENT_SECRET}" }
            authority: \(sandbox.baseURL)
            graph: \(sandbox.baseURL)
        target:
          region: ap-northeast-1
        brakes:
          lastAdmin: [AdministratorAccess]
          gains: { permissionSets: [AdministratorAccess], people: 20 }
        """
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// Runs the commands as a person would, in one process.
private struct DemoShell {
    let context: CommandContext
    let environment: [String: String]
    let folder: DemoFolder

    func play() async throws(CommandFailure) -> Int32 {
        try await step(["plan"], "What would change, and why", expecting: [0])
        try await step(["sync"], "The same, carried out", expecting: [0, 4])
        try await step(["plan", "--detailed-exitcode"], "The second plan has nothing to do", expecting: [0, 4])
        try await step(["guardrails"], "Which permission sets could make IAM users again", expecting: [6])
        try await step(["aws-config"], "One AWS CLI configuration for everybody", expecting: [0, 4])
        try await step(
            ["offboard", "mio@example.com", "--reason", "last day"],
            "Somebody leaves: everything goes at once",
            expecting: [0, 4]
        )
        try await step(["sync"], "The directory still lists that person, who gets nothing back", expecting: [0])
        return 0
    }

    private func step(_ words: [String], _ title: String, expecting codes: [Int32]) async throws(CommandFailure) {
        context.terminal.result("── \(title): idbridge \(words.joined(separator: " "))\n\n")
        var arguments = words + ["--config", folder.configuration]
        if let color = context.arguments[.color] { arguments += ["--color", color.rawValue] }
        let code = await Program.run(arguments, environment: environment)
        context.terminal.result("\n(exit \(code))\n\n")
        guard codes.contains(code) else {
            throw CommandFailure(
                1,
                "idbridge: the demo stopped: idbridge \(words.joined(separator: " ")) ended with \(code)"
            )
        }
    }
}
