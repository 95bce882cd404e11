import CLI
import FoundationEssentials
import Glibc

exit(await Program.run(Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment))
