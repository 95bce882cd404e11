import Foundation

@testable import AWSAuth

/// A home folder of its own with AWS's shared files, gone with the last reference to it.
final class Home: Sendable {
    let path: String

    init(config: String? = nil, credentials: String? = nil) throws {
        path = NSTemporaryDirectory() + "awsauth-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path + "/.aws", withIntermediateDirectories: true)
        if let config { try write(".aws/config", config) }
        if let credentials { try write(".aws/credentials", credentials) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
    }

    func read(_ name: String) throws -> String {
        try String(contentsOf: URL(fileURLWithPath: path + "/" + name), encoding: .utf8)
    }

    func variables(_ variables: [String: String] = [:]) -> [String: String] {
        variables.merging(["HOME": path]) { own, _ in own }
    }

    func environment(_ given: [String: String] = [:]) throws -> AWSEnvironment {
        try AWSEnvironment(variables: variables(given))
    }
}
