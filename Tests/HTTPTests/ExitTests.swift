import Glibc
import HTTP
import Testing

@Suite(.timeLimit(.minutes(2))) struct ExitTests {
    @Test("a process that exits with requests under way ends with its own exit code")
    func exitWhileBusy() async throws {
        let server = try #require(try TLSServer())
        await #expect(processExitsWith: .exitCode(7)) {
            [port = server.port as Int, authority = server.authority as String] in
            let transport = CurlTransport(
                configuration: TransportConfiguration(caBundlePath: authority, environment: [:])
            )
            let request = HTTPRequest(url: "https://localhost:\(port)/")
            for _ in 0..<40 { Task { try await transport.send(request) } }
            _ = try await transport.send(request)
            exit(7)
        }
    }
}
