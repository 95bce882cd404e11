internal import FoundationEssentials

#if canImport(Glibc)
internal import Glibc
#endif

/// `idbridge sandbox`: the clouds as a process of their own.
public enum SandboxCommand {
    /// What a reader of the ready file finds in it.
    ///
    /// `baseURL`, `scimEndpoint`, `googleKeyFile`, `environment`, and what a mapping and a configuration need to know of
    /// the company: `region`, `instanceArn`, `identityStoreId`, `customer`, `impersonate`, `entra` with `tenant`,
    /// `client` and `certificateFile`.
    public static func readyDocument(_ sandbox: Sandbox) -> String {
        let world = sandbox.world.snapshot()
        let document: JSONValue = [
            "baseURL": .string(sandbox.baseURL),
            "scimEndpoint": .string(sandbox.scimEndpoint),
            "googleKeyFile": .string(sandbox.googleKeyFile),
            "environment": .object(sandbox.environment.mapValues { .string($0) }),
            "region": .string(world.identityCenter.region),
            "instanceArn": .string(world.identityCenter.instanceARN),
            "identityStoreId": .string(world.identityCenter.identityStoreID),
            "customer": .string(world.google.customerID),
            "impersonate": .string(world.google.serviceAccount.delegate),
            "entra": [
                "tenant": .string(world.entra.tenantID),
                "client": .string(world.entra.applications.first?.clientID ?? ""),
                "certificateFile": .string(sandbox.entraCertificateFile),
            ],
        ]
        return document.description + "\n"
    }

    /// Starts the clouds, says where they are, and serves until the task is cancelled.
    ///
    /// - Parameters:
    ///   - world: what is in them.
    ///   - port: the port; 0 lets the kernel choose.
    ///   - readyFile: a file to which the ready document is written, whole, once the clouds answer; mode 0600.
    ///   - announce: told once the clouds answer.
    public static func run(
        world: World,
        port: UInt16 = 0,
        readyFile: String? = nil,
        announce: (Sandbox) -> Void = { _ in }
    ) async throws {
        let sandbox = try await Sandbox.start(world: world, configuration: .init(port: port))
        defer { sandbox.stop() }
        if let readyFile { try write(readyDocument(sandbox), to: readyFile) }
        announce(sandbox)
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }

    /// Writes beside the file and renames, so that a reader never sees half of it.
    private static func write(_ text: String, to file: String) throws {
        let draft = file + ".part"
        guard
            FileManager.default.createFile(
                atPath: draft,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: 0o600]
            ), rename(draft, file) == 0
        else { throw Sandbox.StartError.keyFile(file) }
    }
}
