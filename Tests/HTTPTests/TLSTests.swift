import HTTP
import Testing

@Suite(.timeLimit(.minutes(2))) struct TLSTests {
    @Test("a server is trusted when its certificate is, and only under its name")
    func trust() async throws {
        let server = try #require(try TLSServer())
        let url = "https://localhost:\(server.port)/"
        for configuration in [
            TransportConfiguration(caBundlePath: server.authority, environment: [:]),
            TransportConfiguration(environment: ["AWS_CA_BUNDLE": server.authority]),
            TransportConfiguration(environment: ["SSL_CERT_FILE": server.authority]),
        ] {
            let response = try await CurlTransport(configuration: configuration).send(HTTPRequest(url: url))
            #expect(response.status == 200)
            #expect(String(decoding: response.body, as: UTF8.self).contains("TLSv1.3"))
        }
        let stranger = await failure(TransportConfiguration(environment: [:]), url)
        #expect(isUntrusted(stranger), "\(String(describing: stranger))")
        let trusting = TransportConfiguration(caBundlePath: server.authority, environment: [:])
        let misnamed = await failure(trusting, "https://127.0.0.2:\(server.port)/")
        #expect(isUntrusted(misnamed), "\(String(describing: misnamed))")
        #expect(misnamed?.message.contains(server.authority) == true)
        #expect(misnamed?.isPassing == false)
    }

    @Test("a bundle that is not there is told by its path")
    func missingBundle() async throws {
        let server = try #require(try TLSServer())
        let configuration = TransportConfiguration(caBundlePath: "/nowhere/bundle.pem", environment: [:])
        let error = await failure(configuration, "https://localhost:\(server.port)/")
        #expect(isUntrusted(error), "\(String(describing: error))")
        #expect(error?.message.contains("/nowhere/bundle.pem") == true)
    }

    private func failure(_ configuration: TransportConfiguration, _ url: String) async -> TransportError? {
        do {
            _ = try await CurlTransport(configuration: configuration).send(HTTPRequest(url: url))
            return nil
        } catch { return error }
    }

    private func isUntrusted(_ error: TransportError?) -> Bool {
        if case .untrusted? = error { true } else { false }
    }
}
