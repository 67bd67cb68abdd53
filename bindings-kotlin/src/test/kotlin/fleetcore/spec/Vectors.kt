package fleetcore.spec

import java.io.File
import java.math.BigInteger
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/** The lists and binaries that scenarios pass in. */
class Vectors(private val folder: File) {
    private fun file(name: String): ByteArray {
        if (name.startsWith("/") || ".." in name.split('/')) {
            throw Malformed("`$name` is not under fleet-core/tests/vectors")
        }
        return File(folder, name).readBytes()
    }

    /** A list to import, or a binary to upload. */
    fun bytes(value: JsonElement): ByteArray {
        val (form, content) =
            (value as? JsonObject)?.entries?.singleOrNull() ?: throw Malformed("$value must have exactly one form")
        return when (form) {
            "text" -> text(content).toByteArray()
            "bytes" -> numbers(content)
            "file" -> file(text(content))
            "run" -> run(content as JsonObject)
            "patched" -> patched(content as JsonObject)
            else -> throw Malformed("`$form` is not a known form of a file")
        }
    }

    private fun numbers(list: JsonElement) = (list as JsonArray).map { number(it).toByte() }.toByteArray()

    /** The given number of consecutive ids, one a line. */
    private fun run(run: JsonObject): ByteArray {
        val first = BigInteger(text(run.getValue("first")), 16)
        val ids = (0 until number(run.getValue("count"))).map { first.add(BigInteger.valueOf(it)) }
        return ids.joinToString("") { it.toString(16).padStart(24, '0') + "\n" }.toByteArray()
    }

    private fun patched(patched: JsonObject): ByteArray {
        val bytes = file(text(patched.getValue("file")))
        for (patch in patched.getValue("patches") as JsonArray) {
            val over = numbers((patch as JsonObject).getValue("bytes"))
            over.copyInto(bytes, number(patch.getValue("at")).toInt())
        }
        return bytes
    }
}
