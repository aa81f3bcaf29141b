"""How the addresses are described in the OpenAPI page. Knows no route's work."""

from __future__ import annotations

from typing import Any

SUMMARY = (
    "Reads handwritten numbers on paper. Pictures go to /api/read; a camera's frames go through the WebSocket /api/live. "
    "Beyond this machine each request needs the token that the server prints: Authorization: Bearer TOKEN."
)
ERROR = {
    "description": "One line that says what is wrong and what to do.",
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
        }
    },
}
ERRORS: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 401, 403, 408, 413, 421, 422, 429, 500), ERROR)
PICTURE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A picture of at most 32 MB: JPEG, PNG, WebP, HEIC, TIFF, AVIF, GIF or BMP.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
TABLE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["sheets"],
                    "properties": {
                        "sheets": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": ["name", "rows"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "rows": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
                                },
                            },
                        }
                    },
                }
            }
        },
    }
}
READ_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The picture's size and its numbers, by docs/schema/page.json.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["source", "width", "height", "numbers", "left_out"],
                    "properties": {
                        "source": {"type": "string"},
                        "width": {"type": "integer", "minimum": 1},
                        "height": {"type": "integer", "minimum": 1},
                        "numbers": {"type": "array", "items": {"type": "object"}},
                        "left_out": {"type": "integer", "minimum": 0},
                        "page": {"type": "integer", "minimum": 1},
                        "pages": {"type": "integer", "minimum": 2},
                    },
                }
            }
        },
    }
}
