/// A program that prints credentials: `credential_process`.
///
/// Source: AWS SDKs and tools reference, "Process credential provider".
struct ProcessLink {
    let context: AWSAuthContext
    let profile: Profile

    func find() async throws(AWSAuthError) -> LinkOutcome {
        guard let command = profile["credential_process"] else {
            return .absent("credential_process: profile '\(profile.name)' has none")
        }
        guard let words = shellWords(command), let program = words.first, !program.isEmpty else {
            throw error(.misconfigured, "credential_process is no command: a quote is not closed, or it is empty")
        }
        let process = ChildProcess(
            words: [expanded(program, home: context.environment.home)] + words.dropFirst(),
            variables: context.environment.variables,
            timeoutSeconds: 120,
            outputLimit: 1 << 20,
            time: context.time
        )
        let output: ChildProcess.Output
        do { output = try await process.run() } catch { throw failure(error, program) }
        guard output.status == 0 else {
            let end = output.status.map { "exit status \($0)" } ?? "ended by a signal"
            throw error(.refused, "\(program): \(end): \(complaint(output.standardError))")
        }
        return .found(try credentials(output.standardOutput, program))
    }

    private func credentials(_ bytes: [UInt8], _ program: String) throws(AWSAuthError) -> AWSCredentials {
        guard let answer = JSONCredentials(bytes) else {
            throw error(.malformed, "\(program) did not print JSON credentials")
        }
        guard answer.version == 1 else {
            let version = answer.version.map { "Version \($0)" } ?? "no Version"
            throw error(.malformed, "\(program) printed \(version); 1 is the one that is known")
        }
        guard let credentials = answer.credentials(origin: "profile \(profile.name) (credential_process)") else {
            throw error(
                .malformed,
                "\(program) printed no AccessKeyId or SecretAccessKey, or an Expiration that is none"
            )
        }
        return credentials
    }

    /// The first of what it said, in one line.
    private func complaint(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(2000), as: UTF8.self)
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.isEmpty ? "it said nothing" : String(line.prefix(500))
    }

    private func failure(_ failure: ChildProcess.Failure, _ program: String) -> AWSAuthError {
        switch failure {
        case .cannotStart(let reason): error(.misconfigured, "\(program) cannot be started: \(reason)")
        case .timedOut: error(.unreachable, "\(program) did not end within 120 seconds")
        case .tooLarge: error(.malformed, "\(program) printed more than 1 MiB")
        case .cancelled: error(.cancelled, "cancelled")
        }
    }

    private func error(_ kind: AWSAuthError.Kind, _ message: String) -> AWSAuthError {
        AWSAuthError(
            kind,
            service: "credential_process",
            object: "profile '\(profile.name)'",
            message: message,
            advice: "run the command of credential_process by hand to see what it says"
        )
    }
}
