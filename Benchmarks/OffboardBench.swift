import CLI
import Foundation
import RoundTrips
import Sandbox

/// Takes a person out with the program itself, against the sandbox in this process.
struct OffboardBench {
    let trips: OffboardRoundTrips
    /// Whether all calls fit the burst of the quotas, so that nothing is spread.
    let isWithinBurst: Bool
    private static let milliseconds = 50

    func measure() async throws {
        let start = trips.company()
        let sandbox = try await Sandbox.start(world: start.world)
        defer { sandbox.stop() }
        let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "idbridge.yaml")
        try configuration(start.world, sandbox).write(to: file, atomically: true, encoding: .utf8)
        let figures = try await trips.count(sandbox, user: start.user, milliseconds: OffboardBench.milliseconds) {
            let arguments = ["offboard", OffboardRoundTrips.person, "--quiet", "--config", file.path]
            let code = await Program.run(arguments, environment: OffboardRoundTrips.environment(of: sandbox))
            guard code == 0 else { throw Failure(description: "offboard ended with \(code)") }
        }
        guard figures.left == 0 else { throw Failure(description: "\(figures.left) accesses were left") }
        print(trips.sentence(figures, milliseconds: OffboardBench.milliseconds, isWithinBurst: isWithinBurst))
    }

    private func configuration(_ world: World, _ sandbox: Sandbox) -> String {
        """
        version: 1
        owner: bench
        mappings: .
        ledger: ledger.sqlite
        sources:
          google:
            kind: google
            credentials: ${env:GOOGLE_APPLICATION_CREDENTIALS}
            impersonate: \(world.google.serviceAccount.delegate)
            endpoint: \(sandbox.baseURL)
        target:
          region: \(world.identityCenter.region)

        """
    }

    struct Failure: Error, CustomStringConvertible { var description: String }
}
