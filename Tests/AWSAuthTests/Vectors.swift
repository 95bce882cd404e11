import Foundation
import Testing

/// The vectors that `Tests/Conformance/awsauth_conformance.py` makes with botocore.
enum Vectors {
    static func load<Vector: Decodable>(_ name: String, as type: Vector.Type) throws -> [Vector] {
        let url = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "json"))
        let vectors = try JSONDecoder().decode([Vector].self, from: Data(contentsOf: url))
        try #require(vectors.count > 100)
        return vectors
    }
}
