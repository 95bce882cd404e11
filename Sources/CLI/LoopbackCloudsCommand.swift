internal import Engine
internal import Model
internal import Report
internal import Sandbox

/// `idbridge sandbox`: runs the loopback clouds for trying things out, until a signal ends it (130, 143).
struct LoopbackCloudsCommand {
    let context: CommandContext

    func run() async throws(CommandFailure) -> Int32 {
        let stop = context.stop
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await SandboxCommand.run(
                        world: world,
                        port: UInt16(clamping: context.arguments[.port] ?? 0),
                        readyFile: context.arguments[.readyFile],
                        announce: { announce($0) }
                    )
                }
                group.addTask { while stop.raisedBy == nil { try await Task.sleep(for: .milliseconds(50)) } }
                try await group.next()
                group.cancelAll()
            }
        } catch {
            throw CommandFailure(1, "idbridge: the loopback clouds could not be started: \(Printable.text("\(error)"))")
        }
        return stop.exitCode ?? 0
    }

    /// The small company with the difficult cases, or a generated one as large as was asked for.
    private var world: World {
        guard let people = context.arguments[.people] else { return Company.seeded() }
        return Company.generated(
            users: people,
            groups: max(1, people / 10),
            accounts: max(1, people / 30),
            permissionSets: 5,
            largestGroup: 40
        )
    }

    private func announce(_ sandbox: Sandbox) {
        var lines = [
            "Loopback clouds of a small company are running at \(sandbox.baseURL); Ctrl-C ends them.",
            "Google service account key: \(sandbox.googleKeyFile)",
            "In another shell:",
        ]
        for (name, value) in sandbox.environment.sorted(by: { $0.key < $1.key }) {
            lines.append("  export \(name)='\(value)'")
        }
        context.terminal.result(lines.joined(separator: "\n") + "\n")
    }
}
