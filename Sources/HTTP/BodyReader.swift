/// Takes the body of a successful response piece by piece, as it arrives, so that no one has to hold the whole.
///
/// One reader serves the attempts of one call, one after the other.
public protocol BodyReader: Sendable {
    /// An attempt begins: what an earlier one brought counts for nothing.
    func begin()
    /// Takes the next bytes, decoded from gzip or br. While it works, the transport reads a bounded
    /// part ahead.
    func take(_ bytes: [UInt8])
}

extension HTTPTransport {
    /// Hands over the body in one piece: for transports that read responses whole.
    public func send(
        _ request: HTTPRequest,
        into reader: any BodyReader
    ) async throws(TransportError) -> HTTPResponse {
        var response = try await send(request)
        guard response.isSuccess else { return response }
        reader.take(response.body)
        response.body = []
        return response
    }
}
