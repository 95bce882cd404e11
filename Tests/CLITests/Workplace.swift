import Foundation
import Sandbox
import Synchronization

/// A company on loopback clouds with a configuration, a mapping and a ledger, for the real program.
final class Workplace: Sendable {
    let sandbox: Sandbox
    let folder: String
    private let environment: Mutex<[String: String]>

    /// Starts the clouds and writes the files.
    ///
    /// - Parameters:
    ///   - brakes: further top-level lines of the configuration.
    static func start(
        _ world: World = SmallCompany.world(),
        mapping: String = SmallCompany.mapping,
        configuration further: String = ""
    ) async throws -> Workplace {
        let place = Workplace(try await Sandbox.start(world: world))
        try FileManager.default.createDirectory(
            atPath: "\(place.folder)/Mappings",
            withIntermediateDirectories: true
        )
        try place.write(mapping, to: "Mappings/company.yaml")
        try place.write(place.configuration(further), to: "idbridge.yaml")
        return place
    }

    private init(_ sandbox: Sandbox) {
        self.sandbox = sandbox
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("place-\(UUID().uuidString)").path
        environment = Mutex(sandbox.environment)
    }

    func stop() {
        sandbox.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var world: SandboxWorld { sandbox.world }

    /// The configuration of the company, with further lines at its end.
    func configuration(_ further: String = "", owner: String = "platform") -> String {
        """
        version: 1
        owner: \(owner)
        mappings: Mappings
        ledger: ledger.sqlite
        sources:
          google:
            kind: google
            credentials: \(sandbox.googleKeyFile)
            impersonate: directory-reader@example.com
            endpoint: \(sandbox.baseURL)
        target:
          region: ap-northeast-1
        \(further)

        """
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// Sets a variable for all later calls of the program; nil takes it away.
    func setVariable(_ name: String, _ value: String?) { environment.withLock { $0[name] = value } }

    /// The variables that the program is called with.
    var variables: [String: String] { environment.withLock { $0 } }

    /// Runs the program with this company's configuration.
    func run(_ arguments: String..., started: @Sendable (Int32) -> Void = { _ in }) async throws -> Ended {
        try await BuiltProgram.run(
            arguments + ["--config", path("idbridge.yaml")],
            environment: variables,
            started: started
        )
    }
}

extension World {
    /// What the bridge may bring about, without ids that differ from run to run: groups by name, with their members and
    /// their access by the names of people and sets.
    var outcome: [String] {
        let center = identityCenter
        let users = Dictionary(center.users.map { ($0.id, $0.userName) }, uniquingKeysWith: { $1 })
        let groups = Dictionary(center.groups.map { ($0.id, $0.displayName) }, uniquingKeysWith: { $1 })
        let sets = Dictionary(center.permissionSets.map { ($0.arn, $0.name) }, uniquingKeysWith: { $1 })
        var lines = center.groups.map { group in
            let members = group.memberIDs.map { users[$0] ?? $0 }.sorted().joined(separator: " ")
            return "group \(group.displayName) (\(group.description ?? "")): \(members)"
        }
        lines += center.assignments.map { assignment in
            let id = assignment.principal.id
            return "\(assignment.principal.kind) \(groups[id] ?? users[id] ?? id) has "
                + "\(sets[assignment.permissionSet] ?? "") in \(assignment.account)"
        }
        return lines.sorted()
    }
}
