import HTTP
import Testing

@testable import AWSAuth

@Suite("credential_process")
struct ProcessTests {
    private func chain(_ script: String, command: String = "sh ~/print 'a b'") throws -> Chain {
        let chain = try Chain()
        try chain.home.write("print", script)
        try chain.home.write(
            ".aws/config",
            "[default]\ncredential_process = \(command.replacing("~", with: chain.home.path)) # comment\n"
        )
        return chain
    }

    @Test("what it prints is taken, with its end; arguments are split as a shell would")
    func found() async throws {
        let chain = try chain(
            """
            echo "chatter" >&2
            printf '{"Version":1,"AccessKeyId":"AKID %s","SecretAccessKey":"s","SessionToken":"%s",' "$1" "$MARK"
            printf '"Expiration":"2026-11-23T22:15:00+01:00"}'
            """
        )
        let found = try await chain.find(["MARK": "from-environment", "PATH": "/usr/bin:/bin"])
        #expect(
            found
                == AWSCredentials(
                    accessKeyID: "AKID a b",
                    secretAccessKey: "s",
                    sessionToken: "from-environment",
                    expiration: FakeTime.start + 3600,
                    origin: "profile default (credential_process)"
                )
        )
    }

    @Test("without an end it is run once; with one, again when it comes near")
    func expiry() async throws {
        let line = #"echo x >> "$HOME/runs"; printf '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s"%s}' "#
        for (extra, runs) in [("''", "x\n"), (#"',"Expiration":"2026-11-23T21:15:00Z"'"#, "x\nx\n")] {
            let chain = try chain(line + extra)
            let provider = try chain.provider()
            _ = try await provider.credentials(renew: false)
            chain.time.advance(3000)
            _ = try await provider.credentials(renew: false)
            #expect(try chain.home.read("runs") == runs)
        }
    }

    @Test(
        "what it does wrong is told",
        arguments: [
            ("echo 'not\nsigned   in' >&2; exit 3", AWSAuthError.Kind.refused, "exit status 3: not signed in"),
            ("exit 1", .refused, "exit status 1: it said nothing"),
            ("kill -9 $$", .refused, "ended by a signal"),
            ("echo hello", .malformed, "did not print JSON credentials"),
            (#"echo '{"Version":2,"AccessKeyId":"A","SecretAccessKey":"s"}'"#, .malformed, "Version 2"),
            (#"echo '{"AccessKeyId":"A","SecretAccessKey":"s"}'"#, .malformed, "no Version"),
            (#"echo '{"Version":1,"AccessKeyId":"A"}'"#, .malformed, "no AccessKeyId or SecretAccessKey"),
            (
                #"echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"}'"#, .malformed,
                "Expiration"
            ),
            ("head -c 2000000 /dev/zero", .malformed, "more than 1 MiB"),
        ]
    )
    func failures(script: String, kind: AWSAuthError.Kind, message: String) async throws {
        let error = await (try chain(script)).failure()
        #expect(error?.kind == kind && error?.message.contains(message) == true, "\(error.debugDescription)")
        #expect(error?.service == "credential_process" && error?.object == "profile 'default'")
    }

    @Test("a command that is none, or cannot be started")
    func noCommand() async throws {
        for (command, message) in [
            ("'unclosed", "is no command"), ("~/not-there x", "cannot be started"), ("''", "no command"),
        ] {
            let error = await (try chain("", command: command)).failure()
            #expect(error?.kind == .misconfigured && error?.message.contains(message) == true, "\(command)")
        }
    }

    @Test("both streams are read whole, however much comes first on one of them")
    func bigStreams() async throws {
        let process = ChildProcess(
            words: ["sh", "-c", "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero; exit 7"],
            variables: [:],
            timeoutSeconds: 60,
            outputLimit: 1 << 20,
            time: SystemTime()
        )
        let output = try await process.run()
        #expect(output.status == 7 && output.standardOutput.count == 300_000 && output.standardError.count == 300_000)
    }

    @Test("one that does not end is killed: by the deadline, and by cancelling")
    func endless() async throws {
        func process(_ seconds: Double) -> ChildProcess {
            ChildProcess(
                words: ["sleep", "1000"],
                variables: [:],
                timeoutSeconds: seconds,
                outputLimit: 10,
                time: SystemTime()
            )
        }
        await #expect(throws: ChildProcess.Failure.timedOut) { try await process(0).run() }
        let task = Task { try await process(1000).run() }
        task.cancel()
        await #expect(throws: ChildProcess.Failure.cancelled) { try await task.value }
    }
}
