internal import AWSConfigFile
internal import FoundationEssentials
internal import Glibc
internal import Report

/// Where the configuration goes: stdout, a file of its own, or the marked block of a file that people edit.
struct AWSConfigDestination {
    private enum Place {
        case standardOutput
        case file(String)
        case block(String)
    }

    private let context: CommandContext
    private let place: Place

    init(_ context: CommandContext) throws(CommandFailure) {
        self.context = context
        if let merge = context.arguments[.merge] {
            place = .block(try AWSConfigDestination.path(merge.text, context.environment))
        } else if let path = context.arguments[.output] {
            place = .file(path)
        } else {
            guard !context.arguments[.check] else {
                throw CommandFailure(64, "idbridge: --check needs --output or --merge: it compares with a file")
            }
            place = .standardOutput
        }
    }

    /// The file given, else `$AWS_CONFIG_FILE`, else `~/.aws/config`.
    private static func path(_ given: String?, _ environment: [String: String]) throws(CommandFailure) -> String {
        if let given { return given }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        var path = "~/.aws/config"
        if let named = environment["AWS_CONFIG_FILE"], !named.isEmpty { path = named }
        guard path == "~" || path.hasPrefix("~/") else { return path }
        guard let home else {
            throw CommandFailure(
                64,
                "idbridge: HOME is not set, so \(path) is nowhere; --merge FILE names another file"
            )
        }
        return home + path.dropFirst()
    }

    /// Refuses a file that is broken before anything is read from it as credentials.
    func check() throws(CommandFailure) {
        guard case .block(let path) = place else { return }
        let file = try EditedFile(path: path)
        do { try ConfigMerge.check(file.bytes ?? []) } catch { throw failure(error, nil, path) }
    }

    /// Writes, or with `--check` compares.
    ///
    /// - Returns: whether the file changed, or would change.
    func deliver(_ block: ConfigBlock) throws(CommandFailure) -> Bool {
        switch place {
        case .standardOutput:
            context.terminal.result(block.text())
            return false
        case .file(let path): return try deliver(block, toFile: path)
        case .block(let path): return try deliver(block, intoFile: path)
        }
    }

    private func deliver(_ block: ConfigBlock, toFile path: String) throws(CommandFailure) -> Bool {
        let bytes = Array(block.text().utf8)
        let isChange = try EditedFile(path: path).bytes != bytes
        if !context.arguments[.check], isChange { try OutputFile.write(bytes, to: path, mode: 0o644) }
        tell(path, isChange: isChange, profiles: block.profiles.count)
        return isChange
    }

    private func deliver(_ block: ConfigBlock, intoFile path: String) throws(CommandFailure) -> Bool {
        let file = try EditedFile(path: path)
        let merge: ConfigMerge
        do { merge = try ConfigMerge(block, into: file.bytes ?? []) } catch { throw failure(error, block, path) }
        for name in merge.leftOut {
            context.terminal.message(
                "warning: \(Printable.text(path)) has a profile \(name) of its own, which stays; ours is left out"
            )
        }
        if let line = merge.strayLine {
            context.terminal.message(
                "warning: \(Printable.text(path)):\(line): no section begins between the block and this line, so it "
                    + "belongs to the block's last profile"
            )
        }
        let isChange = file.bytes != merge.bytes
        if !context.arguments[.check], isChange { try file.replace(with: merge.bytes) }
        tell(path, isChange: isChange, profiles: block.profiles.count - merge.leftOut.count)
        return isChange
    }

    private func tell(_ path: String, isChange: Bool, profiles: Int) {
        let what =
            switch (context.arguments[.check], isChange) {
            case (true, true): "would change"
            case (false, true): "written"
            case (_, false): "up to date"
            }
        context.terminal.message("\(Printable.text(path)): \(what), \(profiles) profile\(profiles == 1 ? "" : "s")")
    }

    private func failure(_ failure: ConfigMerge.Failure, _ block: ConfigBlock?, _ path: String) -> CommandFailure {
        let shown = Printable.text(path)
        switch failure {
        case .refused(let line, let problem):
            return CommandFailure(65, "idbridge: \(shown):\(line): \(Printable.text(problem)); the file is left alone")
        case .sessionDiffers(let startURL, let region):
            let there = "\(startURL ?? "no start URL") in \(region ?? "no region")"
            let session = block?.session
            let ours = "\(session?.startURL ?? "no start URL") in \(session?.region ?? "no region")"
            return CommandFailure(
                78,
                "idbridge: \(shown) has an sso-session \(session?.name ?? "") for \(Printable.text(there)), and ours is for "
                    + "\(Printable.text(ours)); give awsConfig.session another name, or take that session out"
            )
        }
    }
}

/// A file that is read whole and replaced whole; a link is followed, and the mode is kept.
struct EditedFile {
    private let path: String
    /// What stands in it; nil where there is none.
    let bytes: [UInt8]?
    private let mode: mode_t?

    init(path: String) throws(CommandFailure) {
        let path = try EditedFile.followed(path)
        self.path = path
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw EditedFile.failure(path, "could not be read", errno) }
            bytes = nil
            mode = nil
            return
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure(1, "idbridge: \(Printable.text(path)) is not a regular file")
        }
        mode = status.st_mode & 0o7777
        do { bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path))) } catch {
            throw CommandFailure(1, "idbridge: \(Printable.text(path)) could not be read: \(error)")
        }
    }

    /// Replaces the file whole; a new one gets 0600, its folders 0700.
    func replace(with bytes: [UInt8]) throws(CommandFailure) {
        if mode == nil { try makeFolder() }
        try OutputFile.write(bytes, to: path, mode: mode ?? 0o600)
    }

    private func makeFolder() throws(CommandFailure) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let folder = String(path[..<slash])
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw CommandFailure(1, "idbridge: the folder \(Printable.text(folder)) could not be made: \(error)")
        }
    }

    /// Where links lead, also to a file that is not there yet.
    private static func followed(_ path: String) throws(CommandFailure) -> String {
        var path = path
        for _ in 0..<40 {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { return path }
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            path = target.hasPrefix("/") ? target : folder + target
        }
        throw failure(path, "could not be read", ELOOP)
    }

    private static func failure(_ path: String, _ what: String, _ code: Int32) -> CommandFailure {
        CommandFailure(1, "idbridge: \(Printable.text(path)) \(what): \(String(cString: strerror(code)))")
    }
}
