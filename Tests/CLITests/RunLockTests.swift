import Foundation
import Glibc
import Model
import SQLiteLedger
import Sandbox
import Testing

@Suite("waiting for the run lock", .serialized)
struct RunLockTests {
    private func hold(_ place: Workplace) async throws -> RunLock {
        try await RunLock.acquire(
            path: place.path("ledger.lock"),
            timeoutSeconds: 0,
            command: "sync",
            process: 1,
            now: { Timestamp(seconds: 1_800_000_000) }
        )
    }

    @Test("a lock that is freed in time is taken, and the run goes on")
    func freed() async throws {
        for arguments in [["sync"], ["apply", "--yes"]] {
            let place = try await Workplace.start()
            defer { place.stop() }
            let lock = try await hold(place)
            let attempt = try FileOpening(of: place.path("ledger.lock"))
            let ended = try await BuiltProgram.run(
                arguments + ["--lock-timeout", "5m", "--config", place.path("idbridge.yaml")],
                environment: place.variables,
                started: { _ in
                    Task {
                        await attempt.happens()
                        #expect(place.world.writes.isEmpty)
                        lock.release()
                    }
                }
            )
            #expect(ended.exit == 0, "\(arguments): \(ended.output)\(ended.errors)")
            #expect(place.world.snapshot().outcome == SmallCompany.outcome)
        }
    }

    @Test("a signal while it waits ends the run: 130 and 143, and nothing is changed")
    func signals() async throws {
        for (signal, code) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
            let place = try await Workplace.start()
            defer { place.stop() }
            let lock = try await hold(place)
            defer { lock.release() }
            let attempt = try FileOpening(of: place.path("ledger.lock"))
            let ended = try await place.run("sync", "--lock-timeout", "5m") { process in
                Task {
                    await attempt.happens()
                    kill(process, signal)
                }
            }
            #expect(ended.exit == code, "\(ended.output)\(ended.errors)")
            #expect(!ended.wasKilled)
            #expect(place.world.writes.isEmpty)
        }
    }

    @Test("the sandbox ends with 130 and 143 when it is told to stop")
    func servers() async throws {
        for (signal, code) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ready-\(UUID().uuidString)")
                .path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let ready = folder + "/ready.json"
            let written = try FileOpening(of: folder, kinds: IN_MOVED_TO)
            let ended = try await BuiltProgram.run(["sandbox", "--ready-file", ready]) { process in
                Task {
                    await written.happens()
                    kill(process, signal)
                }
            }
            #expect(ended.exit == code, "\(ended.errors)")
            #expect(!ended.wasKilled)
        }
    }
}

/// The next opening of a file by anybody, as the kernel tells it: inotify(7).
private final class FileOpening: Sendable {
    private let descriptor: Int32

    init(of path: String, kinds: Int32 = IN_OPEN) throws {
        descriptor = inotify_init1(Int32(IN_CLOEXEC))
        try #require(descriptor >= 0 && inotify_add_watch(descriptor, path, UInt32(kinds)) >= 0)
    }

    deinit { close(descriptor) }

    /// Waits for it on a thread of its own.
    func happens() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                var event = [UInt8](repeating: 0, count: 4_096)
                _ = read(descriptor, &event, event.count)
                continuation.resume()
            }
        }
    }
}
