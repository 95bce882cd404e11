internal import AWSAuth

/// Makes the chain of AWS credentials at first use, and keeps it.
actor AWSProvider {
    private let make: @Sendable () throws(AWSAuthError) -> any CredentialsProvider
    private var made: (any CredentialsProvider)?

    /// Makes the chain by a closure.
    init(_ make: @escaping @Sendable () throws(AWSAuthError) -> any CredentialsProvider) { self.make = make }

    /// The credentials that hold now.
    func credentials() async throws(AWSAuthError) -> AWSCredentials {
        let provider: any CredentialsProvider
        if let made { provider = made } else { provider = try make() }
        made = provider
        return try await provider.credentials(renew: false)
    }
}
