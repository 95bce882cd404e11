import Foundation
import Sandbox
import TestSupport

/// A small company in a sandbox, with a folder of its own for configuration, mapping and ledger.
final class Company: Sendable {
    let sandbox: Sandbox
    let folder: URL
    private let settings: String

    static let owner = "platform"

    /// Starts a company.
    ///
    /// - Parameters:
    ///   - mapping: the text of its mapping file.
    ///   - settings: further lines of the configuration.
    ///   - hasEntra: whether Entra is a source beside Google.
    init(
        _ world: World,
        mapping: String = "version: 1\n",
        settings: String = "",
        hasSCIM: Bool = false,
        hasEntra: Bool = false
    ) async throws {
        sandbox = try await Sandbox.start(world: world)
        folder = FileManager.default.temporaryDirectory.appending(path: "departures-\(UUID().uuidString)")
        self.settings = settings
        try FileManager.default.createDirectory(
            at: folder.appending(path: "Mappings"),
            withIntermediateDirectories: true
        )
        try write(mapping, to: "Mappings/groups.yaml")
        let scim = hasSCIM ? "\n  scim: { endpoint: \"\(sandbox.scimEndpoint)\", token: \"${env:SCIM_TOKEN}\" }" : ""
        try write(
            """
            version: 1
            owner: \(Company.owner)
            mappings: Mappings
            ledger: ledger.sqlite
            sources:
              google:
                kind: google
                credentials: ${env:GOOGLE_APPLICATION_CREDENTIALS}
                impersonate: \(world.google.serviceAccount.delegate)
                endpoint: \(sandbox.baseURL)\(hasEntra ? entra(world) : "")
            target:
              region: \(world.identityCenter.region)\(scim)
            \(settings)
            """,
            to: "idbridge.yaml"
        )
    }

    private func entra(_ world: World) -> String {
        [
            "", "  entra:", "    kind: entra", "    tenant: \(world.entra.tenantID)",
            "    client: \(world.entra.applications.first?.clientID ?? "")",
            "    credential: { secret: \"${env:AZURE_CLIENT_SECRET}\" }", "    authority: \(sandbox.baseURL)",
            "    graph: \(sandbox.baseURL)",
        ].joined(separator: "\n")
    }

    /// Writes a second configuration, as another host or another bridge has it: a ledger of its own.
    func writeOther(owner: String = Company.owner) throws {
        let text = try String(contentsOf: folder.appending(path: "idbridge.yaml"), encoding: .utf8)
        try write(
            text.replacing("owner: \(Company.owner)", with: "owner: \(owner)").replacing(
                "ledger: ledger.sqlite",
                with: "ledger: other.sqlite"
            ),
            to: "other.yaml"
        )
    }

    deinit {
        sandbox.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    func write(_ text: String, to file: String) throws {
        try text.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
    }

    /// What a call of the program came to.
    struct Ending: Sendable {
        var code: Int32
        var output: String
        var errors: String

        /// The document on standard output.
        var document: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
        }

        var people: [[String: Any]] { document["people"] as? [[String: Any]] ?? [] }
    }

    /// A call of the program that is begun. Its output goes to files: nothing here waits on a thread.
    final class Running: Sendable {
        private let process: SpawnedProcess
        private let files: (output: URL, errors: URL)

        init(_ arguments: [String], in folder: URL, _ environment: [String: String], input text: String) throws {
            let name = UUID().uuidString
            let input = folder.appending(path: "\(name).in")
            files = (folder.appending(path: "\(name).out"), folder.appending(path: "\(name).err"))
            try Data(text.utf8).write(to: input)
            let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
                .appending(path: "idbridge")
            process = try SpawnedProcess(
                [program.path] + arguments,
                environment: environment,
                folder: folder.path,
                input: input.path,
                output: files.output.path,
                errors: files.errors.path
            )
        }

        /// The first line on standard error that fits, once it is there; nil where the program ends without one.
        func line(where fits: (String) -> Bool) async -> String? {
            while true {
                let isRunning = process.isRunning
                let text = (try? String(contentsOf: files.errors, encoding: .utf8)) ?? ""
                if let line = text.split(separator: "\n").map(String.init).first(where: fits) { return line }
                guard isRunning else { return nil }
                await Task.yield()
            }
        }

        /// What the kernel tells of the process: a field of `/proc/PID/status` in KiB, and its open descriptors.
        func memory(_ field: String = "VmRSS") -> Int {
            let path = "/proc/\(process.id)/status"
            let lines = ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
            let line = lines.first { $0.hasPrefix("\(field):") } ?? ""
            return line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first ?? 0
        }

        var openDescriptors: Int {
            let path = "/proc/\(process.id)/fd"
            return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).count
        }

        func signal(_ number: Int32) { process.send(number) }

        func end() async -> Ending {
            let ending = await process.end()
            func text(_ file: URL) -> String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }
            let code =
                switch ending {
                case .exit(let status): status
                case .signal(let number): number
                }
            return Ending(code: code, output: text(files.output), errors: text(files.errors))
        }
    }

    func begin(_ arguments: [String], input: String = "", with variables: [String: String] = [:]) throws -> Running {
        let environment = sandbox.environment.merging(["PATH": "/usr/bin:/bin", "HOME": folder.path]) { $1 }
        return try Running(arguments, in: folder, environment.merging(variables) { $1 }, input: input)
    }

    @discardableResult
    func run(_ arguments: String..., input: String = "") async throws -> Ending {
        try await run(arguments, input: input)
    }

    @discardableResult
    func run(_ arguments: [String], input: String = "") async throws -> Ending {
        try await begin(arguments, input: input).end()
    }

    /// Changes the world, as somebody else would; what the change returns is of no interest.
    func change<Ignored: Sendable>(_ change: (inout World) -> Ignored) { _ = sandbox.world.update(change) }

    // MARK: What people hold

    /// Everything that a user holds, one line each.
    func holdings(of user: String) -> [String] {
        let center = sandbox.world.snapshot().identityCenter
        let groups = center.groups.filter { $0.memberships.contains { $0.userID == user } }.map {
            "group \($0.displayName)"
        }
        let assignments = center.assignments.filter { $0.principal == .user(user) }
            .map { "\($0.permissionSet) on \($0.account)" }
        let applications = center.applications.filter { $0.assignments.contains(.user(user)) }.map(\.name)
        return (groups + assignments + applications).sorted()
    }

    var markers: [World.Group] {
        sandbox.world.snapshot().identityCenter.groups.filter { $0.displayName.hasPrefix("idbridge-departed-") }
    }
}

extension World {
    /// A person in Google Workspace and Identity Center, linked by the recorded id.
    @discardableResult
    mutating func addPerson(_ address: String, aliases: [String] = [], isLinked: Bool = true) -> World.User {
        let source = addGoogleUser(address, aliases: aliases)
        return addUser(address, externalID: isLinked ? source.id : nil)
    }

    /// A company with two permission sets, three accounts, and ana, bob and carol.
    static func company() -> World {
        var world = World()
        world.addPermissionSet("AdministratorAccess")
        world.addPermissionSet("ViewOnlyAccess")
        world.addAccount("111111111111", name: "prod")
        world.addAccount("222222222222", name: "test")
        for name in ["ana", "bob", "carol"] { world.addPerson("\(name)@example.com") }
        // The administrator whom the bridge reads as.
        if world.google.users.allSatisfy({ $0.primaryEmail != world.google.serviceAccount.delegate }) {
            world.addGoogleUser(world.google.serviceAccount.delegate)
        }
        return world
    }

    /// Gives a user a membership of an unowned group, one of an owned group, an assignment and an application.
    mutating func giveEverything(to user: String) {
        if !identityCenter.groups.contains(where: { $0.displayName == "by-hand" }) {
            let hand = addGroup("by-hand", description: "Made by hand")
            assign(.group(hand.id), account: "222222222222", permissionSet: "ViewOnlyAccess")
            addGroup("admins", description: "Admins [idbridge:platform]")
            identityCenter.applications.append(
                Application(
                    arn: "arn:aws:sso::100000000001:application/ssoins-5a4d8c0b12345678/apl-1111111111111111",
                    name: "wiki"
                )
            )
        }
        for name in ["by-hand", "admins"] {
            if let group = identityCenter.group(named: name) { addMember(user, to: group.id) }
        }
        assign(.user(user), account: "111111111111", permissionSet: "AdministratorAccess")
        identityCenter.applications[0].assignments.append(.user(user))
    }
}
