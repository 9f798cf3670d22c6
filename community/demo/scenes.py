"""Every demo brand by the name that `make demo BRAND=` takes."""

from community.demo.nordwave import NORDWAVE
from community.demo.scene import Scene
from community.demo.velora import VELORA

SCENES: dict[str, Scene] = {scene.name: scene for scene in (NORDWAVE, VELORA)}
