/** Runs the scenarios of `spec/` through the public Kotlin API: the path of the scenarios, then that of the vectors. */
package fleetcore.spec

import java.io.File
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

fun main(arguments: Array<String>) {
    require(arguments.size == 2) { "name the path of the scenarios and that of the vectors" }
    val runner = Runner(Vectors(File(arguments[1])))
    runBlocking { runner.run(File(arguments[0])) }
    exitProcess(if (runner.summary()) 0 else 1)
}
