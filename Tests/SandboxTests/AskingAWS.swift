import AWSAuth
import Foundation
import HTTP
import Sandbox

/// The JSON services, with what a request of each carries.
enum JSONService {
    case identityStore, ssoAdmin, organizations

    var target: String {
        switch self {
        case .identityStore: "AWSIdentityStore."
        case .ssoAdmin: "SWBExternalService."
        case .organizations: "AWSOrganizationsV20161128."
        }
    }
    var scope: String {
        switch self {
        case .identityStore: "identitystore"
        case .ssoAdmin: "sso"
        case .organizations: "organizations"
        }
    }
    var region: String { self == .organizations ? "us-east-1" : "ap-northeast-1" }
}

extension Sandbox {
    /// The sandbox's own access key.
    var credentials: AWSCredentials {
        AWSCredentials(
            accessKeyID: environment["AWS_ACCESS_KEY_ID"] ?? "",
            secretAccessKey: environment["AWS_SECRET_ACCESS_KEY"] ?? "",
            sessionToken: environment["AWS_SESSION_TOKEN"]
        )
    }

    /// Sends a request as the signing code of the product signs it.
    func send(_ request: HTTPRequest) async throws -> Answer {
        try await ask(
            request.method,
            "/",
            headers: request.headers.map { ($0.name, $0.value) },
            body: String(decoding: request.body, as: UTF8.self)
        )
    }

    /// A signed request of a JSON service.
    func request(
        _ service: JSONService,
        _ operation: String,
        _ input: JSONValue = [:],
        credentials: AWSCredentials? = nil,
        region: String? = nil,
        at seconds: Double = Date().timeIntervalSince1970
    ) -> HTTPRequest {
        SigV4.sign(
            HTTPRequest(
                method: "POST",
                url: baseURL + "/",
                headers: [
                    HTTPField("Content-Type", "application/x-amz-json-1.1"),
                    HTTPField("X-Amz-Target", service.target + operation),
                ],
                body: Array(input.description.utf8)
            ),
            credentials: credentials ?? self.credentials,
            region: region ?? service.region,
            service: service.scope,
            at: seconds
        )
    }

    /// Asks a JSON service.
    func aws(
        _ service: JSONService,
        _ operation: String,
        _ input: JSONValue = [:],
        credentials: AWSCredentials? = nil
    ) async throws -> Answer {
        try await send(request(service, operation, input, credentials: credentials))
    }

    /// Asks the Identity Store, with the store's id filled in.
    func store(_ operation: String, _ input: JSONValue = [:]) async throws -> Answer {
        var input = input
        if input["IdentityStoreId"] == nil {
            input["IdentityStoreId"] = .string(world.snapshot().identityCenter.identityStoreID)
        }
        return try await aws(.identityStore, operation, input)
    }

    /// Asks sso-admin, with the instance filled in.
    func sso(_ operation: String, _ input: JSONValue = [:], credentials: AWSCredentials? = nil) async throws -> Answer {
        var input = input
        if input["InstanceArn"] == nil { input["InstanceArn"] = .string(world.snapshot().identityCenter.instanceARN) }
        return try await aws(.ssoAdmin, operation, input, credentials: credentials)
    }

    /// All elements of a list, page by page, with the sizes of the pages.
    func all(
        _ service: JSONService,
        _ operation: String,
        _ input: JSONValue,
        key: String
    ) async throws -> (elements: [JSONValue], sizes: [Int]) {
        var input = input
        var elements: [JSONValue] = []
        var sizes: [Int] = []
        while sizes.count < 100 {
            let answer = try await aws(service, operation, input)
            let page = answer.json[key]?.array ?? []
            elements += page
            sizes.append(page.count)
            guard let next = answer.json["NextToken"] else { break }
            input["NextToken"] = next
        }
        return (elements, sizes)
    }

    /// Asks STS or IAM.
    func query(
        _ service: String,
        _ form: String,
        credentials: AWSCredentials? = nil,
        signed: Bool = true
    ) async throws -> Answer {
        let request = HTTPRequest(
            method: "POST",
            url: baseURL + "/",
            headers: [HTTPField("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(form.utf8)
        )
        guard signed else { return try await send(request) }
        return try await send(
            SigV4.sign(
                request,
                credentials: credentials ?? self.credentials,
                region: service == "iam" ? "us-east-1" : "ap-northeast-1",
                service: service,
                at: Date().timeIntervalSince1970
            )
        )
    }
}

extension Answer {
    /// The code of an AWS JSON error, without its namespace.
    var code: String? { json["__type"]?.text.map { String($0.split(separator: "#").last ?? "") } }

    /// The first text between a tag and its end.
    func xml(_ tag: String) -> String? {
        guard let start = body.range(of: "<\(tag)>"), let end = body.range(of: "</\(tag)>") else { return nil }
        return String(body[start.upperBound..<end.lowerBound])
    }
}
